using System.Diagnostics;
using System.Runtime.CompilerServices;
using FlGlm.Client.Data;
using FlGlm.Client.Events;
using FlGlm.Client.Sessions;
using FlGlm.Client.Stages;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;

namespace FlGlm.Client.Generation;

/// <summary>Answers questions with the split model, its middle at a server or in this process. The model is loaded for the first question.</summary>
public sealed class Generator(GeneratorOptions options) : IAsyncDisposable
{
    private readonly RunEvents _events = options.Events;
    private TextTokenizer? _tokenizer;
    private SplitModel? _model;
    private ClientStages? _stages;
    private SplitDecoder? _decoder;
    private MiddleStage? _middle;
    private LocalCachedMiddle? _cached;
    private IFrameChannel? _channel;
    private GenerationSession? _session;

    /// <summary>Answers questions, a batch of <c>generation.batch_size</c> after the other.</summary>
    /// <param name="questions">all are checked before the first is answered</param>
    /// <param name="onPiece">called with each piece of text of a single question's answer as it is generated</param>
    /// <exception cref="DataException">A question is empty, or too long for the model.</exception>
    public async IAsyncEnumerable<Answer> AnswerAsync(
        IReadOnlyList<Dialogue> questions, Action<string>? onPiece = null, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var prompts = Encode(questions);
        var decoder = _decoder ??= await OpenAsync(ct).ConfigureAwait(false);
        var tokenizer = _tokenizer!;
        var generator = new TokenGenerator(decoder, options.Generation, tokenizer.StopIds, _model!.FreePositions, tokenizer);
        var clock = Stopwatch.StartNew();
        var (row, tokens) = (0, 0);
        foreach (var batch in prompts.Chunk(options.Generation.BatchSize))
        {
            foreach (var answer in await GenerateAsync(generator, batch, row, questions.Count == 1 ? onPiece : null, ct).ConfigureAwait(false))
            {
                tokens += answer.Ids.Count;
                yield return Read(row + 1, questions[row], prompts[row], answer);
                row++;
            }
        }

        _events.Report(FormattableString.Invariant($"{questions.Count} question(s) answered with {tokens} tokens in {clock.Elapsed.TotalSeconds:F1} s"));
        if (_channel is { } channel)
            _events.Report($"{channel.BytesSent} bytes sent, {channel.BytesReceived} received in all");
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
        _model?.Dispose();
    }

    /// <summary>All questions as token ids; checked before any weight is loaded.</summary>
    private int[][] Encode(IReadOnlyList<Dialogue> questions)
    {
        if (_tokenizer is null)
            Prepare();
        int[][] prompts = [.. questions.Select(question => _tokenizer!.EncodePrompt(question, options.Template).ToArray())];
        TokenGenerator.Check(prompts, options.Generation, _model!.FreePositions);
        return prompts;
    }

    private void Prepare()
    {
        ConfigValidation.Expect(("", options.Plan), ("generation.", options.Generation), ("compute.", options.Compute));
        _model = SplitModel.Open(options.Model, options.Plan, options.Compute, _events);
        _tokenizer = TextTokenizer.Open(options.Model, options.SpecialTokens);
        foreach (var warning in _tokenizer.Warnings)
            _events.Warn(warning);
        if (GenerationConfigFile.Unused(options.Model) is { Count: > 0 } unused)
            _events.Report($"generation_config.json sets {string.Join(", ", unused)}: not read, the generation keys of the configuration count");
    }

    private async Task<SplitDecoder> OpenAsync(CancellationToken ct)
    {
        var model = _model!;
        if (options.Generation.NotSampled() is { Count: > 0 } keys)
            _events.Warn($"generation: {string.Join(", ", keys)} set, which counts only with do_sample: true");
        if (model.Plan.Peft is { Method: not PeftMethod.None, Start.Length: 0 })
            _events.Warn($"peft.start names no adapter: answers {(model.Plan.Peft.Method == PeftMethod.Lora ? "come from the base model" : "follow a random prefix")}");
        _stages = await ClientTraining.LoadStagesAsync(model, ct).ConfigureAwait(false);
        return new SplitDecoder(_stages, options.Server is { } server ? await JoinAsync(server, ct).ConfigureAwait(false) : await LoadMiddleAsync(ct).ConfigureAwait(false), model.Lane);
    }

    private async Task<ICachedMiddle> LoadMiddleAsync(CancellationToken ct)
    {
        _middle = await _model!.LoadMiddleAsync(ct).ConfigureAwait(false);
        return _cached = new LocalCachedMiddle(_middle, _model.Lane);
    }

    private async Task<ICachedMiddle> JoinAsync(ClientSettings server, CancellationToken ct)
    {
        var content = await _model!.ReadContentAsync(ct).ConfigureAwait(false);
        _channel = await ServerConnection.OpenAsync(server, options.Seal, _events, ct).ConfigureAwait(false);
        _session = await GenerationSession.JoinAsync(_channel, _model.Plan, content, _model.Lane, server, _events, ct).ConfigureAwait(false);
        _events.Report(new ClientEvent.ContentCompared(_session.Content));
        return _session.Middle;
    }

    private async Task<IReadOnlyList<GeneratedRow>> GenerateAsync(
        TokenGenerator generator, int[][] batch, int firstRow, Action<string>? onPiece, CancellationToken ct)
    {
        if (onPiece is null)
            return await generator.GenerateAsync(batch, onToken: null, firstRow, ct).ConfigureAwait(false);
        using var stream = new AnswerStream(_tokenizer!, batch[0], options.Template, onPiece);
        return await generator.GenerateAsync(batch, token => stream.Add(token.Id), firstRow, ct).ConfigureAwait(false);
    }

    private Answer Read(int row, Dialogue question, int[] prompt, GeneratedRow answer) => new(
        row, question.Prompt, _tokenizer!.DecodeAnswer(prompt, answer.Ids, options.Template), answer.Ids.Count, answer.FinishReason, answer.Score);
}
