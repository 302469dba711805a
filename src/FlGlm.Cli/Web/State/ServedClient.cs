using FlGlm.Core.Splitting;
using FlGlm.Server.Events;

namespace FlGlm.Cli.Web.State;

/// <summary>What a server's page shows of one client.</summary>
internal sealed class ServedClient(string name)
{
    public string Name => name;

    /// <summary>joined, waiting, training, lost or finished.</summary>
    public string State { get; set; } = "joined";

    /// <summary>Why it is lost; empty = it is not.</summary>
    public string Reason { get; set; } = "";

    public long? Samples { get; set; }

    /// <summary>When something of it came last.</summary>
    public DateTimeOffset Seen { get; set; }

    public int Step { get; private set; }

    public int Steps { get; private set; }

    /// <summary>The seconds that its steps have waited for the middle, of all together.</summary>
    public double QueueS { get; private set; }

    public bool IsPresent => State is not ("lost" or "finished");

    public void Add(ServerEvent.StepServed step)
    {
        (Step, Steps) = (step.Step, step.Steps);
        QueueS += step.Seconds[StepLeg.Queue] + step.Seconds[StepLeg.QueueGradient];
    }
}
