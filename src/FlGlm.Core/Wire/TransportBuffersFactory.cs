using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace FlGlm.Core.Wire;

/// <summary>Makes Kestrel's sockets use the blocks of <see cref="TransportBuffers"/>.</summary>
internal sealed class TransportBuffersFactory : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => TransportBuffers.Instance;
}
