using System.IO.Pipelines;
using System.Net;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using static TorchSharp.torch;

namespace FlGlm.Benchmarks.Loopback;

/// <summary>Our transport alone: a sealed channel over loopback to a peer that takes tensors in and answers when asked.</summary>
internal sealed class FrameLink : IAsyncDisposable
{
    private readonly LoopbackKeys _keys = new();
    private readonly PassGradient _question = new() { Step = 1 };
    private FrameListener? _listener;
    private IFrameChannel? _channel;

    private IFrameChannel Channel => _channel ?? throw new InvalidOperationException("The link is not open.");

    public static async Task<FrameLink> OpenAsync()
    {
        var link = new FrameLink();
        link._listener = await FrameListener.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), link.ServeAsync, CancellationToken.None);
        var pipe = await FrameConnector.ConnectAsync("127.0.0.1", link._listener.EndPoint.Port, new ConnectSettings(), null, CancellationToken.None);
        var options = new ChannelOptions { Name = "client", Seal = link._keys.Client };
        link._channel = await Handshake.ConnectAsync(pipe, "loopback", options, CancellationToken.None);
        return link;
    }

    /// <summary>Sends a tensor so many times and waits until the peer has opened the last.</summary>
    public async Task SendAsync(Tensor tensor, int times)
    {
        for (var sent = 0; sent < times; sent++)
            await Channel.SendAsync(FrameKind.Forward, _question, new TensorPayload(tensor), CancellationToken.None);
        await AskAsync();
    }

    /// <summary>A small message there, a small message back.</summary>
    public async Task AskAsync()
    {
        await Channel.SendAsync(FrameKind.Backward, _question, null, CancellationToken.None);
        using var answer = await Channel.ExpectAsync(FrameKind.BackwardReply, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync();
        await _listener!.DisposeAsync();
        await _keys.DisposeAsync();
    }

    private async Task ServeAsync(IDuplexPipe pipe, string address, CancellationToken closed)
    {
        try
        {
            await using var channel = await Handshake.AcceptAsync(pipe, address, new ChannelOptions { Name = "server", Seal = _keys.Server }, closed);
            while (true)
            {
                using var frame = await channel.ReceiveAsync(closed);
                if (frame.Kind == FrameKind.Backward)
                    await channel.SendAsync(FrameKind.BackwardReply, new PassDone { Step = frame.Parse<PassGradient>().Step }, null, closed);
            }
        }
        catch (NetworkException)
        {
            // The client is done.
        }
    }
}
