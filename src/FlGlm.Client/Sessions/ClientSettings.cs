using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;

namespace FlGlm.Client.Sessions;

/// <summary>The client's name, server, limits and evaluation.</summary>
public sealed record ClientSettings : IValidated
{
    /// <summary>The name of this client in the server's log.</summary>
    public string Name { get; init; } = "client";

    /// <summary>The server's address and port.</summary>
    public string Connect { get; init; } = "127.0.0.1:7400";

    /// <summary>Seconds to retry while the server cannot be reached.</summary>
    public double RetryForS { get; init; } = 60;

    /// <summary>Seconds to try again where a run's connection is lost, e.g. while the server restarts.</summary>
    public double ReconnectForS { get; init; } = 600;

    /// <summary>The name on the list of known peers of the server that this client means; another known server is refused. Empty = any on the list.</summary>
    public string Server { get; init; } = "";

    /// <summary>Seconds that the server may send nothing but Pings while this client waits for it; waiting for other clients does not count.</summary>
    public double ReplyTimeoutS { get; init; } = 600;

    /// <summary>Largest tensor of one frame accepted, in bytes.</summary>
    public long MaxFrameBytes { get; init; } = FrameLimit.Default;

    /// <summary>Steps between two validation losses; 0 = only before the first step and after the last.</summary>
    public int EvalEvery { get; init; }

    /// <summary>Batches of a validation loss; 0 = all.</summary>
    public int EvalBatches { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate() =>
        [.. OwnProblems(), .. FrameLimit.Check("max_frame_bytes", MaxFrameBytes), .. TimerSeconds.Check("reply_timeout_s", ReplyTimeoutS)];

    private IEnumerable<Problem> OwnProblems()
    {
        if (!PeerName.Fits(Name))
            yield return new Problem("name", $"'{Name}' is no valid name; {PeerName.Rule}.");
        if (Server.Length > 0 && !PeerName.Fits(Server))
            yield return new Problem("server", $"'{Server}' is no valid name; {PeerName.Rule}.");
        if (HostPort.TryParse(Connect) is not { Port: > 0 })
            yield return new Problem("connect", $"'{Connect}' is no address; host:port, e.g. 127.0.0.1:7400.");
        if (!(RetryForS >= 0))
            yield return new Problem("retry_for_s", $"{RetryForS} is no time; 0 seconds or more.");
        if (!(ReconnectForS >= 0))
            yield return new Problem("reconnect_for_s", $"{ReconnectForS} is no time; 0 seconds or more.");
        if (EvalEvery < 0)
            yield return new Problem("eval_every", $"{EvalEvery} is out of range; a number of steps, or 0 for start and end only.");
        if (EvalBatches < 0)
            yield return new Problem("eval_batches", $"{EvalBatches} is out of range; a number of batches, or 0 for all.");
    }
}
