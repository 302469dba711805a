using FlGlm.Client.Training;
using FlGlm.Server.Sessions;

namespace FlGlm.EndToEnd.Tests.Runs;

/// <summary>Steps to write and to show.</summary>
internal static class SampleSteps
{
    public static StepReport Step { get; } = new()
    {
        Step = 40,
        Steps = 100,
        Round = 1,
        Loss = 1.7320508f,
        LearningRate = 0.001,
        Tokens = 1000,
        BytesUp = 123456789012,
        BytesDown = 17,
        Seconds = new StepSeconds { Head = 0.1, Middle = 0.25, Tail = 0.1000004, Optimizer = 0.001, Total = 0.5 },
    };

    public static ServedStep Served { get; } = new()
    {
        Client = "client-1",
        Step = 40,
        Steps = 100,
        Round = 1,
        Tokens = 1000,
        Waiting = 2,
        BytesIn = 5,
        BytesOut = 6,
        QueueSeconds = 0.001,
        MiddleSeconds = 0.012,
        MiddleBackwardSeconds = 0.03,
        TotalSeconds = 0.5,
    };
}
