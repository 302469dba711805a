using FlGlm.Client.Generation;
using FlGlm.Client.Sessions;
using FlGlm.Client.Stages;
using FlGlm.Client.Tests.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;

namespace FlGlm.Client.Tests.Generation;

/// <summary>A client of a <see cref="TinyRun"/> that generates.</summary>
internal sealed class GenerationClient : IAsyncDisposable
{
    private readonly ComputeLane _lane;
    private readonly ClientStages _stages;
    private readonly SplitDecoder _decoder;

    private GenerationClient(IFrameChannel channel, GenerationSession session, ComputeLane lane, ClientStages stages)
    {
        (Channel, Session, _lane, _stages) = (channel, session, lane, stages);
        _decoder = new SplitDecoder(stages, session.Middle, lane);
    }

    public IFrameChannel Channel { get; }

    public GenerationSession Session { get; }

    public IDecoder Decoder => _decoder;

    /// <param name="own">the plan from its configuration; null = the server's</param>
    /// <param name="content">the tensors that it holds; null = the server's</param>
    public static async Task<GenerationClient> ConnectAsync(TinyRun run, string name = "client", RunPlan? own = null, ModelContent? content = null)
    {
        var channel = await run.OpenAsync(name);
        var lane = new ComputeLane(name);
        return new GenerationClient(channel, await GenerationSession.JoinAsync(channel, own ?? run.Plan, content ?? run.Content, lane, new ClientSettings(), new RunEvents(), default), lane, run.OpenStages());
    }

    public async ValueTask DisposeAsync()
    {
        _decoder.Dispose();
        await Session.DisposeAsync();
        _stages.Dispose();
        _lane.Dispose();
    }
}
