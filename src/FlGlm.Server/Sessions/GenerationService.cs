using System.Diagnostics;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using static TorchSharp.torch;

namespace FlGlm.Server.Sessions;

/// <summary>Serves one client's generations: receives h0 and sends hN-2, first for whole rows, then token by token.</summary>
internal sealed class GenerationService(IFrameChannel channel, SessionReceiver receiver, SessionDependencies server) : IDisposable
{
    private readonly CachedPasses _passes = new(server);
    private readonly PassOrder _order = new();

    /// <summary>Handles frames until the client leaves.</summary>
    /// <exception cref="OperationCanceledException">The server stops.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true)
                await ServeAsync(ct).ConfigureAwait(false);
        }
        catch (GoodbyeException)
        {
            // The normal end.
        }
    }

    /// <summary>Drops keys and values, then returns their share of the memory that all clients may use.</summary>
    public void Dispose() => _passes.Dispose();

    private async Task ServeAsync(CancellationToken ct)
    {
        using var frame = await ReceiveAsync(ct).ConfigureAwait(false);
        var asked = Stopwatch.GetTimestamp();
        var (step, (layout, pass)) = frame.Kind switch
        {
            FrameKind.Prefill => Prefill(frame.Parse<Pass>()),
            FrameKind.Decode => Decode(frame.Parse<DecodePass>()),
            _ => throw receiver.Unexpected(frame),
        };
        var (queue, compute) = (TimeSpan.Zero, TimeSpan.Zero);
        using var packed = await server.Lane.RunThenSendAsync(Compute, ct).ConfigureAwait(false);
        var done = new PassDone { Step = step, QueueUs = (long)queue.TotalMicroseconds, ComputeUs = (long)compute.TotalMicroseconds };
        await channel.SendAsync(FrameKind.ForwardReply, done, new TensorPayload(packed), ct).ConfigureAwait(false);

        Tensor Compute()
        {
            var begun = Stopwatch.GetTimestamp();
            using var hidden = HiddenFrames.Unpack(frame, layout, server.Hidden);
            using var output = pass(server.Stage, hidden);
            var reply = HiddenFrames.Pack(output, layout);
            (queue, compute) = (Stopwatch.GetElapsedTime(asked, begun), Stopwatch.GetElapsedTime(begun));
            return reply;
        }
    }

    /// <summary>The next request. Pings keep the session open, but not the cache: without a request it is dropped after the time-out.</summary>
    private async ValueTask<Frame> ReceiveAsync(CancellationToken ct)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(server.Closing, ct);
        waiting.CancelAfter(TimeSpan.FromSeconds(server.Settings.GenerateTimeoutS));
        try
        {
            return await receiver.ReceiveAsync(waiting.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!server.Closing.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new ProtocolException(
                FaultCode.Timeout, $"No request came for {server.Settings.GenerateTimeoutS:0.#} s (server.generate_timeout_s); keys and values are dropped. Start again.");
        }
    }

    private (long Step, (SequenceLayout Layout, Func<MiddleStage, Tensor, Tensor> Compute) Pass) Prefill(Pass request)
    {
        Take(request.Step);
        return (request.Step, _passes.Prefill(request));
    }

    private (long Step, (SequenceLayout Layout, Func<MiddleStage, Tensor, Tensor> Compute) Pass) Decode(DecodePass request)
    {
        Take(request.Step);
        return (request.Step, _passes.Decode(request));
    }

    private void Take(long step)
    {
        _order.Expect(step);
        _order.Take();
    }
}
