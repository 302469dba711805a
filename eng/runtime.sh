# Settings of the C library and .NET that must be set before flglm starts; to be sourced. flglm also runs without them, slower.

export MALLOC_ARENA_MAX=1                               # one heap for all threads: memory that one thread freed is reused by the others (glibc)
# Tensors lie in huge pages where the system lets programs ask (glibc 2.35): 10.5 s a step instead of 11.0 with 12 blocks, H 1024. Without a cache of
# small blocks a freed tensor and the rest of its alignment become one block again, which the next tensor of its size fits: a peak of 588 MiB instead of 714.
export GLIBC_TUNABLES=${GLIBC_TUNABLES:+$GLIBC_TUNABLES:}glibc.malloc.hugetlb=1:glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0
export DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1   # received frames are decrypted on the thread that received them
