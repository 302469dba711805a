using FlGlm.Client.Sessions;
using FlGlm.Client.Stages;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;

namespace FlGlm.Client.Tests.Training;

/// <summary>One data owner of a <see cref="TinyRun"/>.</summary>
internal sealed class TinyClient : IAsyncDisposable
{
    private readonly ComputeLane _lane = new("client");
    private readonly StageOptimizer _optimizer;

    /// <param name="connect">makes another connection where one is lost; null = the run ends then</param>
    public TinyClient(
        IFrameChannel channel,
        ClientStages stages,
        RunPlan own,
        ModelContent content,
        int data,
        ClientSettings? settings = null,
        Func<string, CancellationToken, Task<IFrameChannel>>? connect = null)
    {
        (Channel, Stages) = (channel, stages);
        _optimizer = new StageOptimizer(stages.Parameters, own.Optimizer, own.ClientSteps(1));
        Session = new ClientSession(channel, stages, own, content, _lane, settings ?? new ClientSettings(), Seen.Reported, connect) { Optimizer = _optimizer, Save = run => Save(run) };
        Trainer = new TinyTrainer(stages, Session.Middle, own, _lane, data, _optimizer);
    }

    public IFrameChannel Channel { get; }

    public ClientStages Stages { get; }

    public ClientSession Session { get; }

    public TinyTrainer Trainer { get; }

    /// <summary>Called when the run is over, before the server hears it.</summary>
    public Func<ClientRun, Task> Save { get; set; } = _ => Task.CompletedTask;

    public RecordedClientEvents Seen { get; } = new();

    public CancellationTokenSource Stop { get; } = new();

    public Dictionary<string, float[]> Values => TinyTrainer.Values(Stages.Parameters);

    /// <returns>when every event is recorded</returns>
    public async Task<ClientRun> RunAsync(long samples = 10)
    {
        try
        {
            return await Session.RunAsync(samples, Trainer.TrainAsync, Stop.Token, default);
        }
        finally
        {
            await Seen.CompleteAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync();
        await Session.DisposeAsync();
        _optimizer.Dispose();
        _lane.Dispose();
        Stages.Dispose();
        Stop.Dispose();
    }
}
