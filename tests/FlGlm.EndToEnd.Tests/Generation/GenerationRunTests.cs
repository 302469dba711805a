using FlGlm.Cli;
using FlGlm.Cli.Generation;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using FlGlm.Cli.Commands;
using FlGlm.Core.Events;

namespace FlGlm.EndToEnd.Tests.Generation;

/// <summary>The output on a terminal.</summary>
public sealed class GenerationRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_single_answer_comes_to_a_terminal_in_pieces_and_once(int beams)
    {
        var whole = await AnswerAsync(isTerminal: false, beams, "On day 3");
        var pieces = await AnswerAsync(isTerminal: true, beams, "On day 3");

        Assert.Equal(whole.ToString(), pieces.ToString());
        Assert.Equal(0, whole.Flushes);
        Assert.True(pieces.Flushes > 1, $"{pieces.Flushes} pieces");
    }

    [Fact]
    public async Task Several_answers_come_whole_each_under_its_question()
    {
        var shown = await AnswerAsync(isTerminal: true, beams: 1, "On day 3", "x");

        Assert.Equal(0, shown.Flushes);
        Assert.Equal(["> On day 3", "> x"], shown.ToString().Split(Environment.NewLine).Where(line => line.StartsWith('>')));
    }

    private async Task<PieceWriter> AnswerAsync(bool isTerminal, int beams, params string[] questions)
    {
        new TinyLlama { Vocabulary = ByteTokenizer.Size, Deviation = 0.1 }.Write(_folder.At("model"));
        await File.WriteAllBytesAsync(_folder.At("model", "tokenizer.model"), ByteTokenizer.Model());
        var config = new FlGlmConfig
        {
            Model = new ModelSettings { Path = _folder.At("model") },
            Generation = new GenerationSettings { MaxNewTokens = 12, MinNewTokens = 12, NumBeams = beams },
        };
        var output = new PieceWriter();
        using var answers = new AnswerWriter(new CommandOutput(output, json: false) { IsTerminal = isTerminal }, path: null);
        await using var generator = new Generator(LibraryOptions.Generator(config, seal: null, isLocal: true, new RunEvents()));
        await GenerateCommand.AnswerAsync(generator, [.. questions.Select(question => new Dialogue(question))], answers, CancellationToken.None);
        return output;
    }

    /// <summary>Counts the pieces that were shown at once.</summary>
    private sealed class PieceWriter : StringWriter
    {
        public int Flushes { get; private set; }

        public override void Flush() => Flushes++;
    }
}
