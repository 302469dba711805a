using System.Diagnostics;
using FlGlm.Core.Models;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Stages;
using static TorchSharp.torch;

namespace FlGlm.Server.Sessions;

/// <summary>Serves one client's generations: h0 in, hN-2 out, first of whole rows, then token by token.</summary>
internal sealed class GenerationService : IDisposable
{
    private readonly IFrameChannel _channel;
    private readonly SessionInbox _inbox;
    private readonly SessionContext _context;
    private readonly CachedMiddle _middle;
    private readonly GenerationRules _rules;

    public GenerationService(IFrameChannel channel, SessionInbox inbox, SessionContext context)
    {
        (_channel, _inbox, _context) = (channel, inbox, context);
        _middle = new CachedMiddle(context.Stage);
        _rules = new GenerationRules(_middle, context.Stage.Blueprint.Family, context.Settings.MaxCacheBytes);
    }

    /// <summary>Takes frames until the client leaves.</summary>
    /// <exception cref="OperationCanceledException">The server stops.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true)
                await ServeAsync(ct);
        }
        catch (GoodbyeException)
        {
            // As it should be.
        }
    }

    public void Dispose() => _middle.Dispose();

    private async Task ServeAsync(CancellationToken ct)
    {
        using var frame = await ReceiveAsync(ct);
        var asked = Stopwatch.GetTimestamp();
        var (step, layout, pass) = frame.Kind switch
        {
            FrameKind.Prefill => Prefill(frame.Parse<Pass>()),
            FrameKind.Decode => Decode(frame.Parse<DecodePass>()),
            _ => throw _inbox.Unexpected(frame),
        };
        var (queue, compute) = (TimeSpan.Zero, TimeSpan.Zero);
        using var packed = await _context.Lane.RunThenSendAsync(Compute, ct);
        var done = new PassDone { Step = step, QueueUs = (long)queue.TotalMicroseconds, ComputeUs = (long)compute.TotalMicroseconds };
        await _channel.SendAsync(FrameKind.ForwardReply, done, new TensorPayload(packed), ct);

        Tensor Compute()
        {
            var begun = Stopwatch.GetTimestamp();
            using var hidden = HiddenFrames.Unpack(frame, layout, _context.Hidden);
            using var output = pass(hidden);
            var reply = HiddenFrames.Pack(output, layout);
            (queue, compute) = (Stopwatch.GetElapsedTime(asked, begun), Stopwatch.GetElapsedTime(begun));
            return reply;
        }
    }

    /// <summary>Pings keep a session open; a cache is kept for questions only.</summary>
    private async ValueTask<Frame> ReceiveAsync(CancellationToken ct)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_context.Closing);
        waiting.CancelAfter(TimeSpan.FromSeconds(_context.Settings.GenerateTimeoutS));
        try
        {
            return await _inbox.ReceiveUnlessAsync(waiting.Token, ct);
        }
        catch (OperationCanceledException) when (!_context.Closing.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new ProtocolException(
                FaultCode.Timeout, $"Nothing was asked for {_context.Settings.GenerateTimeoutS:0.#} s (server.generate_timeout_s); keys and values are given up. Ask anew.");
        }
    }

    private (long, SequenceLayout, Func<Tensor, Tensor>) Prefill(Pass request)
    {
        var layout = _rules.Check(request);
        return (request.Step, layout, hidden => _middle.Prefill(hidden, layout));
    }

    private (long, SequenceLayout, Func<Tensor, Tensor>) Decode(DecodePass request)
    {
        var layout = _rules.Check(request);
        return (request.Step, layout, hidden => _middle.Decode(hidden, request.Rows));
    }
}
