# What flglm wants of the runtime before it starts; to be sourced. It runs without, a few milliseconds a step slower.

export MALLOC_ARENA_MAX=1                               # freed memory serves the next step, whichever thread takes it (glibc)
export GLIBC_TUNABLES=${GLIBC_TUNABLES:+$GLIBC_TUNABLES:}glibc.malloc.hugetlb=1 # tensors lie in huge pages where the system lets programs ask (glibc 2.35): 10.5 s a step instead of 11.0 with 12 blocks, H 1024
export DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1   # received frames are opened by the thread that hears of them
