// SipHash-2-4 of messages of many lengths: 64-bit additions, rotates and exclusive ors.
#include "common.h"
#define ROTL(x,n) (((x)<<(n))|((x)>>(64-(n))))
#define ROUND a+=b;b=ROTL(b,13);b^=a;a=ROTL(a,32);c+=d;d=ROTL(d,16);d^=c;a+=d;d=ROTL(d,21);d^=a;c+=b;b=ROTL(b,17);b^=c;c=ROTL(c,32);
static u8 message[256];
static NOINLINE u64 hash(const u8*p,u32 size,u64 k0,u64 k1){
  u64 a=k0^0x736f6d6570736575ull,b=k1^0x646f72616e646f6dull,c=k0^0x6c7967656e657261ull,d=k1^0x7465646279746573ull;
  u32 i=0;
  for(;i+8<=size;i+=8){
    u64 m=0;for(int k=7;k>=0;k--)m=m<<8|p[i+k];
    d^=m;ROUND ROUND a^=m;
  }
  u64 last=(u64)size<<56;
  for(u32 k=0;i+k<size;k++)last|=(u64)p[i+k]<<(8*k);
  d^=last;ROUND ROUND a^=last;
  c^=0xff;ROUND ROUND ROUND ROUND
  return a^b^c^d;
}
EXPORT __attribute__((export_name("run"))) i32 run(i32 n){
  for(int i=0;i<256;i++)message[i]=(u8)(i*11+3);
  u64 sum=0;
  while(n-->0)for(u32 size=0;size<256;size+=5)sum^=hash(message,size,sum,(u64)n);
  return(i32)(sum^sum>>32);
}
