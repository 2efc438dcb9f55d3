// Finds repetitions in a text, as compressors do, and writes it back out of what was found: bytes, hashes, copies.
#include "common.h"
#define SIZE 16384
static u8 text[SIZE],packed[2*SIZE],out[SIZE];
static u32 table[4096];
static u32 load(const u8*p){return p[0]|(u32)p[1]<<8|(u32)p[2]<<16|(u32)p[3]<<24;}
static NOINLINE u32 pack(void){
  u32 i=0,o=0,start=0;
  for(int k=0;k<4096;k++)table[k]=0;
  while(i+4<SIZE){
    u32 hash=(load(text+i)*2654435761u)>>20,at=table[hash];
    table[hash]=i+1;
    if(at&&i-(at-1)<4096&&load(text+at-1)==load(text+i)){
      u32 from=at-1,length=4;
      while(i+length<SIZE&&length<255&&text[from+length]==text[i+length])length++;
      u32 plain=i-start;
      packed[o++]=(u8)plain;packed[o++]=(u8)(plain>>8);
      for(u32 k=0;k<plain;k++)packed[o++]=text[start+k];
      u32 distance=i-from;
      packed[o++]=(u8)length;packed[o++]=(u8)distance;packed[o++]=(u8)(distance>>8);
      i+=length;start=i;
    }else i++;
  }
  u32 plain=SIZE-start;
  packed[o++]=(u8)plain;packed[o++]=(u8)(plain>>8);
  for(u32 k=0;k<plain;k++)packed[o++]=text[start+k];
  return o;
}
static NOINLINE u32 unpack(u32 size){
  u32 i=0,o=0;
  for(;;){
    u32 plain=packed[i]|(u32)packed[i+1]<<8;i+=2;
    for(u32 k=0;k<plain;k++)out[o++]=packed[i++];
    if(i>=size)return o;
    u32 length=packed[i],distance=packed[i+1]|(u32)packed[i+2]<<8;i+=3;
    for(u32 k=0;k<length;k++,o++)out[o]=out[o-distance];
  }
}
EXPORT __attribute__((export_name("run"))) i32 run(i32 n){
  u32 sum=0;
  while(n-->0){
    u32 x=12345+(u32)n;
    for(int i=0;i<SIZE;i++){x=x*1103515245u+12345u;text[i]="abracadabra simsalabim "[(x>>16)%((x>>24)%3?5:23)];}
    u32 size=pack();
    if(unpack(size)!=SIZE)return -1;
    for(int i=0;i<SIZE;i++)if(out[i]!=text[i])return -2;
    sum=sum*31+size;
  }
  return(i32)sum;
}
