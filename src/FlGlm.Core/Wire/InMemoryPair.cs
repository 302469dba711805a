using System.IO.Pipelines;

namespace FlGlm.Core.Wire;

/// <summary>Two ends of a connection without a network, for tests and one-process runs.</summary>
/// <param name="Client">The end that the client uses.</param>
/// <param name="Server">The end that the server uses.</param>
internal sealed record InMemoryPair(IDuplexPipe Client, IDuplexPipe Server)
{
    public static InMemoryPair Create()
    {
        var up = new Pipe(Options());
        var down = new Pipe(Options());
        return new InMemoryPair(new End(down.Reader, up.Writer), new End(up.Reader, down.Writer));
    }

    private static PipeOptions Options() => new(
        TransportBuffers.Instance,
        pauseWriterThreshold: 1 << 20,
        resumeWriterThreshold: 1 << 19,
        minimumSegmentSize: TransportBuffers.BlockBytes,
        useSynchronizationContext: false);

    private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
