namespace FlGlm.Core.Events;

/// <summary>Something that a run reports while it goes on: of a server, a client or a trainer.</summary>
public abstract record RunEvent
{
    /// <summary>Adds it to the meters (<see cref="FlGlmTelemetry"/>), where it counts.</summary>
    internal virtual void Measure()
    {
    }

    /// <summary>A line for the user.</summary>
    public sealed record Message(string Text, bool IsWarning = false) : RunEvent
    {
        /// <summary>The line.</summary>
        public override string ToString() => Text;
    }

    /// <summary>Model and data are loaded; the run begins.</summary>
    public sealed record Loaded : RunEvent
    {
        /// <summary>The event in words.</summary>
        public override string ToString() => "model and data are loaded";
    }

    /// <summary>Trained values are written.</summary>
    /// <param name="Step">steps that this side has taken</param>
    /// <param name="Directories">adapters, parts of one, or checkpoints</param>
    public sealed record Saved(long Step, IReadOnlyList<string> Directories) : RunEvent
    {
        /// <summary>The event in words.</summary>
        public override string ToString() => $"written after {Step} steps: {string.Join(", ", Directories)}";
    }

    /// <summary>Events that were not delivered, since whoever listens was too slow.</summary>
    public sealed record Missed(long Count) : RunEvent
    {
        /// <summary>The event in words.</summary>
        public override string ToString() => $"{Count} events were not shown: the output was too slow";
    }
}
