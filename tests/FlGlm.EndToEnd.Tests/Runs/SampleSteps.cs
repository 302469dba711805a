using FlGlm.Client.Training;
using FlGlm.Core.Splitting;
using FlGlm.Server.Events;

namespace FlGlm.EndToEnd.Tests.Runs;

/// <summary>Steps to write and to show.</summary>
internal static class SampleSteps
{
    public static StepReport Step { get; } = new()
    {
        Client = "client",
        Step = 40,
        Steps = 100,
        Round = 1,
        Loss = 1.7320508f,
        LearningRate = 0.001,
        Tokens = 1000,
        BytesUp = 123456789012,
        BytesDown = 17,
        Seconds = new StepTimings { [StepLeg.Head] = 0.1, [StepLeg.Middle] = 0.25, [StepLeg.Tail] = 0.1000004, [StepLeg.Optimizer] = 0.001, Total = 0.5 },
    };

    public static ServerEvent.StepServed Served { get; } = new(
        "client-1",
        Step: 40,
        Steps: 100,
        Round: 1,
        Tokens: 1000,
        Waiting: 2,
        BytesIn: 5,
        BytesOut: 6,
        new StepTimings { [StepLeg.Queue] = 0.001, [StepLeg.Middle] = 0.012, [StepLeg.MiddleBackward] = 0.03, Total = 0.5 });
}
