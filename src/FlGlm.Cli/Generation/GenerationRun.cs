using System.Diagnostics;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using FlGlm.Client.Sessions;
using FlGlm.Client.Stages;
using FlGlm.Core.Crypto;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Server.Stages;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Generation;

/// <summary>Answers questions with the split model, its middle at a server or in this process.</summary>
internal sealed partial class GenerationRun(WorkContext work, Workplace place, IReadOnlyList<Dialogue> questions, AnswerWriter answers)
{
    private readonly ILogger _logger = work.Loggers.CreateLogger("flglm");
    private readonly GenerationSettings _settings = work.Config.Generation;
    private readonly TextTokenizer _tokenizer = TextTokenizer.Open(work.Config.Model.Path);

    public async Task RunLocallyAsync()
    {
        using var stages = await OpenAsync();
        using var stage = await place.Lane.RunAsync(() => StageLoader.Middle(place), work.StopRequested);
        using var middle = new LocalCachedMiddle(stage, place.Lane);
        await AnswerAsync(stages, middle);
    }

    /// <param name="seal">this side's keys; null = --insecure</param>
    public async Task RunAtServerAsync(SealOptions? seal)
    {
        using var stages = await OpenAsync();
        var watch = new ClientWatch(_logger);
        await using var channel = await ServerConnection.OpenAsync(work.Config.Client, seal, watch.Retrying, work.StopRequested);
        LogConnected(channel.Peer.ToString(), channel.Sealed ? "sealed" : "INSECURE");
        await using var session = await GenerationSession.JoinAsync(channel, place.Plan, place.Lane, work.StopRequested);
        await AnswerAsync(stages, session.Middle);
        LogTraffic(channel.BytesSent, channel.BytesReceived);
    }

    private Task<ClientStages> OpenAsync()
    {
        if (place.Plan.Peft is { Method: not PeftMethod.None, Start.Length: 0 })
            LogUntrained(place.Plan.Peft.Method == PeftMethod.Lora ? "come from the base model" : "follow a random prefix");
        return place.Lane.RunAsync(() => StageLoader.Client(place), work.StopRequested);
    }

    private async Task AnswerAsync(ClientStages stages, ICachedMiddle middle)
    {
        using var decoder = new SplitDecoder(stages, middle, place.Lane);
        var generator = new Generator(decoder, _settings, _tokenizer.StopIds, place.FreePositions);
        var clock = Stopwatch.StartNew();
        var (row, tokens) = (0, 0);
        foreach (var batch in questions.Chunk(_settings.BatchSize))
        {
            int[][] prompts = [.. batch.Select(question => _tokenizer.EncodePrompt(question, work.Config.Data.Template).ToArray())];
            var stream = questions.Count == 1 ? new AnswerStream(_tokenizer) : null;
            var rows = await generator.GenerateAsync(prompts, token => answers.WritePiece(stream?.Add(token.Id) ?? ""), row, work.StopRequested);
            if (stream is not null)
                answers.WritePiece(stream.End() + Environment.NewLine);
            foreach (var (question, answer) in batch.Zip(rows))
                answers.Write(Read(++row, question, answer), showsPrompt: questions.Count > 1, isShown: stream is not null);
            tokens += rows.Sum(answer => answer.Ids.Count);
        }

        LogSpeed(questions.Count, tokens, clock.Elapsed.TotalSeconds);
    }

    private Answer Read(int row, Dialogue question, GeneratedRow answer) => new(
        row,
        question.Prompt,
        _tokenizer.CleanAnswer(_tokenizer.Decode(answer.Ids)),
        answer.Ids.Count,
        answer.FinishReason == FinishReason.Stop ? "stop" : "length",
        answer.Score);

    [LoggerMessage(Level = LogLevel.Warning, Message = "peft.start names no adapter: answers {Source}")]
    private partial void LogUntrained(string source);

    [LoggerMessage(Level = LogLevel.Information, Message = "connected to {Peer}, {Seal}")]
    private partial void LogConnected(string peer, string seal);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Questions} answered with {Tokens} tokens in {Seconds:F1} s")]
    private partial void LogSpeed(int questions, int tokens, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sent} bytes sent, {Received} received in all")]
    private partial void LogTraffic(long sent, long received);
}
