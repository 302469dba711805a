using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;

namespace FlGlm.Server.Events;

/// <summary>What a server reports. None of it holds a loss.</summary>
public abstract record ServerEvent : RunEvent
{
    /// <summary>The event in words.</summary>
    public sealed override string ToString() => ServerEventText.Of(this);

    internal sealed override void Measure() => ServerMeters.Record(this);

    /// <summary>The server listens.</summary>
    /// <param name="Address">host:port</param>
    /// <param name="RunId">empty where it only generates</param>
    /// <param name="Clients">the number of clients that the run expects</param>
    public sealed record Listening(string Address, string RunId, bool Sealed, int Clients) : ServerEvent;

    /// <summary>A client has agreed to the plan, and the weights that both sides hold are equal.</summary>
    public sealed record ContentCompared(string Client, ContentComparison Comparison) : ServerEvent;

    /// <summary>A client takes part in the run.</summary>
    public sealed record ClientJoined(string Client, long Samples) : ServerEvent;

    /// <summary>The run starts, with these clients in the order of their seats.</summary>
    public sealed record Started(IReadOnlyList<string> Clients) : ServerEvent;

    /// <summary>A client that another server of the run takes was told where that is.</summary>
    /// <param name="Address">host:port</param>
    public sealed record Redirected(string Client, string Address) : ServerEvent;

    /// <summary>A client has asked what this server is (<c>flglm doctor</c>), and has left again.</summary>
    public sealed record StatusAsked(string Client) : ServerEvent;

    /// <summary>A client has joined for generation; it takes no turns.</summary>
    public sealed record GenerationStarted(string Client) : ServerEvent;

    /// <summary>A client no longer generates; its keys and values are dropped.</summary>
    public sealed record GenerationEnded(string Client) : ServerEvent;

    /// <summary>The keys and values of all generating clients take more or less memory than before, by an eighth at least.</summary>
    public sealed record CachesHeld(long Bytes) : ServerEvent;

    /// <summary>A client's turn begins.</summary>
    /// <param name="Round">counted from 1</param>
    public sealed record TurnStarted(string Client, int Round) : ServerEvent;

    /// <summary>A step is done.</summary>
    /// <param name="Client">the client's name</param>
    /// <param name="Step">counted from 1 over all rounds of this client</param>
    /// <param name="Steps">steps this client will take in all</param>
    /// <param name="Round">counted from 1</param>
    /// <param name="Tokens">real tokens of its batches</param>
    /// <param name="Waiting">clients waiting for their turn</param>
    /// <param name="Seconds">the middle's legs; the total begins with h0</param>
    public sealed record StepServed(
        string Client, int Step, int Steps, int Round, int Tokens, int Waiting, long BytesIn, long BytesOut, StepTimings Seconds) : ServerEvent;

    /// <summary>The server has been waiting for a client for a while.</summary>
    /// <param name="What">what the client has to do</param>
    /// <param name="Limit">when the server gives it up; infinite = never</param>
    public sealed record WaitingFor(string Client, string What, TimeSpan Waited, TimeSpan Limit) : ServerEvent;

    /// <summary>A round is over.</summary>
    /// <param name="Round">counted from 1</param>
    /// <param name="Clients">the number of clients in the average</param>
    public sealed record RoundAveraged(int Round, int Clients) : ServerEvent;

    /// <summary>A client has received its results and has left.</summary>
    public sealed record ClientFinished(string Client) : ServerEvent;

    /// <summary>The run waits for a client that has left before the end.</summary>
    /// <param name="Limit">then it stops</param>
    public sealed record WaitingForLost(string Client, TimeSpan Limit) : ServerEvent;

    /// <summary>A client is at a checkpoint again: what came after it is void.</summary>
    public sealed record RolledBack(string Client, TurnPlace Place) : ServerEvent;

    /// <summary>A client has left before the end.</summary>
    /// <param name="Client">its name, or its address if it has not joined</param>
    /// <param name="Reason">one line</param>
    public sealed record ClientLost(string Client, string Reason) : ServerEvent
    {
        /// <summary>Set where the reason is a defect of this program.</summary>
        public Exception? Defect { get; init; }
    }
}
