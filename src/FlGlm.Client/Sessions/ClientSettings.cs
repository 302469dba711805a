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

    /// <summary>With every validation loss the task's metric too: its validation file's questions are answered, as <c>flglm evaluate</c> does. It needs <c>data.task</c>.</summary>
    public bool EvalMetric { get; init; }

    /// <summary>The most questions that are answered for it; 0 = all.</summary>
    public int EvalQuestions { get; init; }

    /// <summary>
    /// Write the adapter of the best step beside the last one: the one with the highest metric or, without <see cref="EvalMetric"/>, the lowest
    /// validation loss; of equal ones the first. The server keeps the middle of every step that is validated, and learns the number of the best.
    /// </summary>
    public bool KeepBest { get; init; }

    /// <summary>
    /// Validations in a row without a better one after which this client has trained enough (early stopping); 0 = it takes all its steps. It includes
    /// <see cref="KeepBest"/>.
    /// </summary>
    public int Patience { get; init; }

    /// <summary>Whether the best step is kept.</summary>
    internal bool KeepsBest => KeepBest || Patience > 0;

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
        if (EvalQuestions < 0)
            yield return new Problem("eval_questions", $"{EvalQuestions} is out of range; a number of questions, or 0 for all.");
        if (Patience < 0)
            yield return new Problem("patience", $"{Patience} is out of range; a number of validations, or 0 to take all steps.");
        if (Patience > 0 && EvalEvery == 0)
            yield return new Problem("patience", "counts validations, and client.eval_every is 0: none comes before the last step.");
        if (EvalBatches < 0)
            yield return new Problem("eval_batches", $"{EvalBatches} is out of range; a number of batches, or 0 for all.");
    }
}
