using System.Diagnostics;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using FlGlm.Client.Sessions;
using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Splitting;
using FlGlm.Server.Stages;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Generation;

/// <summary>Answers questions with the split model, its middle at a server or in this process.</summary>
internal sealed partial class GenerationRun(CommandContext work, RunSetup setup, IReadOnlyList<Dialogue> questions, AnswerWriter answers)
{
    private readonly ILogger _logger = work.Loggers.CreateLogger("flglm");
    private readonly GenerationSettings _settings = work.Config.Generation;
    private readonly TextTokenizer _tokenizer = TextTokenizer.Open(work.Config.Model.Path, work.Config.Data.SpecialTokens);

    public async Task RunLocallyAsync()
    {
        var prompts = Prompts();
        using var stages = await OpenAsync();
        using var stage = await setup.Lane.RunAsync(() => StageLoader.Middle(setup), work.StopRequested);
        using var middle = new LocalCachedMiddle(stage, setup.Lane);
        await AnswerAsync(prompts, stages, middle);
    }

    /// <param name="seal">this side's keys; null = --insecure</param>
    public async Task RunAtServerAsync(SealOptions? seal)
    {
        var prompts = Prompts();
        using var stages = await OpenAsync();
        var content = await setup.ReadContentAsync(_logger, work.StopRequested);
        var log = new ClientLog(_logger);
        await using var channel = await ServerConnection.OpenAsync(work.Config.Client, seal, log.Retrying, work.StopRequested);
        LogConnected(channel.Peer.ToString(), channel.Sealed ? "sealed" : "INSECURE");
        await using var session = await GenerationSession.JoinAsync(channel, setup.Plan, content, setup.Lane, work.StopRequested);
        log.ContentCompared(session.Content);
        await AnswerAsync(prompts, stages, session.Middle);
        LogTraffic(channel.BytesSent, channel.BytesReceived);
    }

    /// <summary>All questions as token ids; checked before any weight is loaded and before any question is answered.</summary>
    private int[][] Prompts()
    {
        foreach (var warning in _tokenizer.Warnings)
            LogWarning(warning);
        if (GenerationConfigFile.Unused(work.Config.Model.Path) is { Count: > 0 } unused)
            LogGenerationConfig(string.Join(", ", unused));
        int[][] prompts = [.. questions.Select(question => _tokenizer.EncodePrompt(question, work.Config.Data.Template).ToArray())];
        Generator.Check(prompts, _settings, setup.FreePositions);
        return prompts;
    }

    private Task<ClientStages> OpenAsync()
    {
        if (_settings.NotSampled() is { Count: > 0 } keys)
            LogNotSampled(string.Join(", ", keys));
        if (setup.Plan.Peft is { Method: not PeftMethod.None, Start.Length: 0 })
            LogUntrained(setup.Plan.Peft.Method == PeftMethod.Lora ? "come from the base model" : "follow a random prefix");
        return setup.Lane.RunAsync(() => StageLoader.Client(setup), work.StopRequested);
    }

    private async Task AnswerAsync(int[][] prompts, ClientStages stages, ICachedMiddle middle)
    {
        using var decoder = new SplitDecoder(stages, middle, setup.Lane);
        var generator = new Generator(decoder, _settings, _tokenizer.StopIds, setup.FreePositions, _tokenizer);
        var clock = Stopwatch.StartNew();
        var (row, tokens) = (0, 0);
        foreach (var batch in prompts.Chunk(_settings.BatchSize))
        {
            using var stream = questions.Count == 1 && answers.ShowsPieces
                ? new AnswerStream(_tokenizer, prompts[0], work.Config.Data.Template, answers.WritePiece)
                : null;
            Action<GeneratedToken>? onToken = stream is null ? null : token => stream.Add(token.Id);
            foreach (var answer in await generator.GenerateAsync(batch, onToken, row, work.StopRequested))
            {
                answers.Write(Read(row, prompts[row], answer), showsPrompt: questions.Count > 1, isShown: stream is not null);
                row++;
                tokens += answer.Ids.Count;
            }
        }

        LogSpeed(questions.Count, tokens, clock.Elapsed.TotalSeconds);
    }

    private Answer Read(int row, int[] prompt, GeneratedRow answer) => new(
        row + 1,
        questions[row].Prompt,
        _tokenizer.DecodeAnswer(prompt, answer.Ids, work.Config.Data.Template),
        answer.Ids.Count,
        answer.FinishReason == FinishReason.Stop ? "stop" : "length",
        answer.Score);
}
