using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;

namespace FlGlm.Server.Sessions;

/// <summary>The replies to a client's requests, each kept until the client has it: a request that comes again is answered, and never executed again.</summary>
internal sealed class KeptReplies
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(FrameKind Kind, long Pass), Task<PassReply>> _replies = [];
    private readonly CancellationTokenSource _end = new();

    /// <summary>Whether nothing is executed any more.</summary>
    public bool IsEnded => _end.IsCancellationRequested;

    /// <summary>Begins to execute a request, and keeps its reply.</summary>
    /// <exception cref="OperationCanceledException">Nothing is executed any more.</exception>
    public Task<PassReply> Execute(FrameKind kind, long pass, Func<CancellationToken, Task<PassReply>> execute)
    {
        lock (_gate) // so that none begins after the end
        {
            _end.Token.ThrowIfCancellationRequested();
            return _replies[(kind, pass)] = execute(_end.Token);
        }
    }

    /// <summary>The reply to a request that has come before.</summary>
    /// <exception cref="ProtocolException">The client has it: it is not kept any more.</exception>
    public Task<PassReply> Find(FrameKind kind, long pass)
    {
        lock (_gate)
        {
            return _replies.TryGetValue((kind, pass), out var reply)
                ? reply
                : throw new ProtocolException(FaultCode.Duplicate, $"A {kind} of pass {pass} came again after the client had its reply.");
        }
    }

    /// <summary>The client has every reply up to a pass: they are not sent again.</summary>
    public void Confirm(long lastReply)
    {
        lock (_gate)
        {
            foreach (var (kind, pass) in _replies.Keys.Where(key => key.Pass <= lastReply).ToList())
                Forget(kind, pass);
        }
    }

    /// <summary>The client has a reply.</summary>
    public void Forget(FrameKind kind, long pass)
    {
        lock (_gate)
        {
            if (_replies.Remove((kind, pass), out var reply))
                _ = FreeAsync(reply);
        }
    }

    /// <summary>Executes nothing any more, and waits until nothing is under way.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        List<Task<PassReply>> replies;
        lock (_gate)
        {
            replies = [.. _replies.Values];
            _replies.Clear();
        }

        foreach (var reply in replies)
            await FreeAsync(reply).ConfigureAwait(false);
    }

    private static async Task FreeAsync(Task<PassReply> reply)
    {
        await ((Task)reply).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (reply.IsCompletedSuccessfully)
            reply.Result.Free();
    }
}
