using FlGlm.Client.Data;
using FlGlm.Client.Events;
using FlGlm.Client.Sessions;
using FlGlm.Client.Stages;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;

namespace FlGlm.Client.Generation;

/// <summary>A model that answers: checkpoint and tokenizer at once, head, tail and middle when they are first needed.</summary>
internal sealed class DecoderSession : IAsyncDisposable
{
    private readonly GeneratorOptions _options;
    private ClientStages? _stages;
    private SplitDecoder? _decoder;
    private MiddleStage? _middle;
    private LocalCachedMiddle? _cached;
    private IFrameChannel? _channel;
    private GenerationSession? _session;

    /// <summary>Opens checkpoint and tokenizer; no weight is loaded.</summary>
    public DecoderSession(GeneratorOptions options)
    {
        ConfigValidation.Expect(("", options.Plan), ("generation.", options.Generation), ("compute.", options.Compute));
        _options = options;
        Model = SplitModel.Open(options.Model, options.Plan, options.Compute, options.Events);
        Tokenizer = TextTokenizer.Open(options.Model, options.SpecialTokens);
        foreach (var warning in Tokenizer.Warnings)
            options.Events.Warn(warning);
    }

    public SplitModel Model { get; }

    public TextTokenizer Tokenizer { get; }

    /// <summary>The connection to the server; null where the middle is in this process, or not opened yet.</summary>
    public IFrameChannel? Channel => _channel;

    /// <summary>Loads head and tail and, once, the middle or the session with its server.</summary>
    public async Task<SplitDecoder> OpenAsync(CancellationToken ct)
    {
        if (_decoder is not null)
            return _decoder;
        if (Model.Plan.Peft is { Method: not PeftMethod.None, Start.Length: 0 })
            _options.Events.Warn($"peft.start names no adapter: answers {(Model.Plan.Peft.Method == PeftMethod.Lora ? "come from the base model" : "follow a random prefix")}");
        _options.Defence?.Begin(trainsHead: false, trainsTail: false, trainsEmbedding: false);
        _stages = await ClientTraining.LoadStagesAsync(Model, ct).ConfigureAwait(false);
        return _decoder = new SplitDecoder(_stages, _options.Server is { } server ? await JoinAsync(server, ct).ConfigureAwait(false) : await LoadMiddleAsync(ct).ConfigureAwait(false), Model.Lane) { Defence = _options.Defence };
    }

    /// <summary>Ends the session with the server and frees the model.</summary>
    public async ValueTask DisposeAsync()
    {
        _decoder?.Dispose();
        if (_session is not null)
            await _session.DisposeAsync().ConfigureAwait(false);
        if (_channel is not null)
            await _channel.DisposeAsync().ConfigureAwait(false);
        _cached?.Dispose();
        _middle?.Dispose();
        _stages?.Dispose();
        Model.Dispose();
    }

    private async Task<ICachedMiddle> LoadMiddleAsync(CancellationToken ct)
    {
        _middle = await Model.LoadMiddleAsync(ct).ConfigureAwait(false);
        return _cached = new LocalCachedMiddle(_middle, Model.Lane);
    }

    private async Task<ICachedMiddle> JoinAsync(ClientSettings server, CancellationToken ct)
    {
        var content = await Model.ReadContentAsync(ct).ConfigureAwait(false);
        _channel = await ServerConnection.OpenAsync(server, _options.Seal, _options.Events, ct).ConfigureAwait(false);
        _session = await GenerationSession.JoinAsync(_channel, Model.Plan, content, Model.Lane, server, _options.Events, ct).ConfigureAwait(false);
        _options.Events.Report(new ClientEvent.ContentCompared(_session.Content));
        return _session.Middle;
    }
}
