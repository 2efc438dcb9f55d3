// Multiplies matrices of doubles: loads, multiplications and additions in nested loops.
#include "common.h"
#define N 40
static double a[N][N],b[N][N],c[N][N];
EXPORT __attribute__((export_name("run"))) i32 run(i32 n){
  for(int i=0;i<N;i++)for(int k=0;k<N;k++){a[i][k]=(i*3+k)%17/4.0;b[i][k]=(i+k*5)%13/8.0;}
  while(n-->0){
    for(int i=0;i<N;i++)for(int j=0;j<N;j++){double s=0;for(int k=0;k<N;k++)s+=a[i][k]*b[k][j];c[i][j]=s;}
    for(int i=0;i<N;i++)for(int j=0;j<N;j++)a[i][j]=c[i][j]/64.0;
  }
  double sum=0;
  for(int i=0;i<N;i++)for(int j=0;j<N;j++)sum+=c[i][j];
  return(i32)(sum*16.0);
}
