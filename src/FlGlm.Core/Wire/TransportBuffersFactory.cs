using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace FlGlm.Core.Wire;

/// <summary>Gives Kestrel's sockets the blocks of <see cref="TransportBuffers"/>.</summary>
internal sealed class TransportBuffersFactory : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => TransportBuffers.Instance;
}
