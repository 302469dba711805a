using System.IO.Pipelines;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;

namespace FlGlm.Core.Crypto;

/// <summary>Opens a channel over a new connection: Hello, Welcome, the first key period, Ready (docs/wire.md).</summary>
/// <remarks>
/// Throws <see cref="SealException"/> (a key or signature that is refused), <see cref="ProtocolException"/> (another version, mode or
/// protocol, or a time-out) and <see cref="NetworkException"/>. The peer gets a Fault frame, and the connection is closed.
/// </remarks>
internal static class Handshake
{
    /// <summary>The client's side.</summary>
    /// <param name="pipe">The connection; the channel closes it.</param>
    /// <param name="address">The peer's address, for messages.</param>
    /// <param name="options">Name, keys, limits.</param>
    /// <param name="ct">Cancels the handshake.</param>
    public static Task<IFrameChannel> ConnectAsync(IDuplexPipe pipe, string address, ChannelOptions options, CancellationToken ct) =>
        RunAsync(ClientHandshake.RunAsync, new PipeFrameChannel(pipe, FrameDirection.ClientToServer, address), options, ct);

    /// <inheritdoc cref="ConnectAsync"/>
    /// <summary>The server's side.</summary>
    public static Task<IFrameChannel> AcceptAsync(IDuplexPipe pipe, string address, ChannelOptions options, CancellationToken ct) =>
        RunAsync(ServerHandshake.RunAsync, new PipeFrameChannel(pipe, FrameDirection.ServerToClient, address), options, ct);

    private static async Task<IFrameChannel> RunAsync(
        Func<PipeFrameChannel, ChannelOptions, CancellationToken, Task<IFrameChannel>> run,
        PipeFrameChannel frames, ChannelOptions options, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            timeout.CancelAfter(TimeSpan.FromSeconds(options.Wire.HandshakeTimeoutSeconds));
            return await run(frames, options, timeout.Token).ConfigureAwait(false);
        }
        catch (FlGlmException e)
        {
            var failure = await frames.FailAsync(e).ConfigureAwait(false);
            await frames.DisposeAsync().ConfigureAwait(false);
            throw e is ProtocolException { IsBroken: true } ? e : failure;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var silence = new ProtocolException(FaultCode.Timeout,
                $"{frames.Peer} did not finish the handshake within {options.Wire.HandshakeTimeoutSeconds:0.#} s; is it an FL-GLM peer?");
            await frames.FailAsync(silence).ConfigureAwait(false);
            await frames.DisposeAsync().ConfigureAwait(false);
            throw silence;
        }
        catch (OperationCanceledException)
        {
            await frames.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        catch (Exception e)
        {
            await frames.FailAsync(new ProtocolException(FaultCode.Internal, e.Message, e), Faults.ToMessage(e)).ConfigureAwait(false);
            await frames.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
