// A sorted tree of nodes that are taken from a heap: pointers, comparisons, calls.
#include "common.h"
typedef struct Node{struct Node*left,*right;u32 key,count;}Node;
static Node heap[4096];
static u32 used;
static NOINLINE Node*insert(Node*node,u32 key){
  if(!node){Node*fresh=&heap[used++];fresh->left=fresh->right=0;fresh->key=key;fresh->count=1;return fresh;}
  if(key<node->key)node->left=insert(node->left,key);
  else if(key>node->key)node->right=insert(node->right,key);
  else node->count++;
  return node;
}
static NOINLINE u32 walk(const Node*node,u32 depth){
  return node?walk(node->left,depth+1)*31+node->key*depth+node->count+walk(node->right,depth+1)*17:0;
}
EXPORT __attribute__((export_name("run"))) i32 run(i32 n){
  u32 sum=0,x=88172645u;
  while(n-->0){
    Node*root=0;used=0;
    for(int i=0;i<4000;i++){x^=x<<13;x^=x>>17;x^=x<<5;root=insert(root,x%3001);}
    sum=sum*7+walk(root,1);
  }
  return(i32)sum;
}
