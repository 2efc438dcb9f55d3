// SHA-256 of a message again and again: 32-bit rotates, shifts and additions.
#include "common.h"
static const u32 K[64]={0x428a2f98,0x71374491,0xb5c0fbcf,0xe9b5dba5,0x3956c25b,0x59f111f1,0x923f82a4,0xab1c5ed5,0xd807aa98,0x12835b01,0x243185be,0x550c7dc3,0x72be5d74,0x80deb1fe,0x9bdc06a7,0xc19bf174,0xe49b69c1,0xefbe4786,0x0fc19dc6,0x240ca1cc,0x2de92c6f,0x4a7484aa,0x5cb0a9dc,0x76f988da,0x983e5152,0xa831c66d,0xb00327c8,0xbf597fc7,0xc6e00bf3,0xd5a79147,0x06ca6351,0x14292967,0x27b70a85,0x2e1b2138,0x4d2c6dfc,0x53380d13,0x650a7354,0x766a0abb,0x81c2c92e,0x92722c85,0xa2bfe8a1,0xa81a664b,0xc24b8b70,0xc76c51a3,0xd192e819,0xd6990624,0xf40e3585,0x106aa070,0x19a4c116,0x1e376c08,0x2748774c,0x34b0bcb5,0x391c0cb3,0x4ed8aa4a,0x5b9cca4f,0x682e6ff3,0x748f82ee,0x78a5636f,0x84c87814,0x8cc70208,0x90befffa,0xa4506ceb,0xbef9a3f7,0xc67178f2};
#define ROTR(x,n) (((x)>>(n))|((x)<<(32-(n))))
static u32 W[64],H[8];
static u8 message[1024];
static NOINLINE void block(const u8*p){
  for(int i=0;i<16;i++)W[i]=(u32)p[4*i]<<24|(u32)p[4*i+1]<<16|(u32)p[4*i+2]<<8|p[4*i+3];
  for(int i=16;i<64;i++){u32 a=W[i-15],b=W[i-2];W[i]=W[i-16]+(ROTR(a,7)^ROTR(a,18)^a>>3)+W[i-7]+(ROTR(b,17)^ROTR(b,19)^b>>10);}
  u32 a=H[0],b=H[1],c=H[2],d=H[3],e=H[4],f=H[5],g=H[6],h=H[7];
  for(int i=0;i<64;i++){
    u32 t=h+(ROTR(e,6)^ROTR(e,11)^ROTR(e,25))+((e&f)^(~e&g))+K[i]+W[i];
    u32 u=(ROTR(a,2)^ROTR(a,13)^ROTR(a,22))+((a&b)^(a&c)^(b&c));
    h=g;g=f;f=e;e=d+t;d=c;c=b;b=a;a=t+u;
  }
  H[0]+=a;H[1]+=b;H[2]+=c;H[3]+=d;H[4]+=e;H[5]+=f;H[6]+=g;H[7]+=h;
}
EXPORT __attribute__((export_name("run"))) i32 run(i32 n){
  static const u32 IV[8]={0x6a09e667,0xbb67ae85,0x3c6ef372,0xa54ff53a,0x510e527f,0x9b05688c,0x1f83d9ab,0x5be0cd19};
  for(int i=0;i<1024;i++)message[i]=(u8)(i*7);
  for(int i=0;i<8;i++)H[i]=IV[i];
  while(n-->0)for(int i=0;i<1024;i+=64)block(message+i);
  return(i32)(H[0]^H[7]);
}
