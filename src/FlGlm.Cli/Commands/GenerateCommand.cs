using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Generation;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Client.Generation;
using FlGlm.Core.Events;
using Microsoft.Extensions.Logging;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm generate</c>: answers from the split model.</summary>
internal sealed class GenerateCommand
{
    private readonly Option<string[]> _prompt = new("--prompt", "-p")
    {
        Description = "A question to answer; may be repeated.",
        HelpName = "TEXT",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _file = new("--file", "-f")
    {
        Description = "Questions to answer: .txt with one a line, or a file of rows as in training data.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "A new file for the answers, one JSON object a line.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _local = new("--local")
    {
        Description = "Run the whole model in this process, without a server.",
    };

    public static Command Build(CommandHost host) => new GenerateCommand().Declare(host);

    private Command Declare(CommandHost host)
    {
        var command = host.Declare(
            new RunCommand(
                "generate",
                "Answers questions with the model, its middle at a server.",
                Sections: ["model", "split", "peft", "crypto", "compute", "client", "privacy", "keys", "generation"],
                TalksToPeers: true),
            RunAsync);
        command.Add(_prompt);
        command.Add(_file);
        command.Add(_out);
        command.Add(_local);
        return command;
    }

    private async Task RunAsync(ParseResult parsed, CommandContext work, CommandOutput output)
    {
        var questions = Questions(parsed, work.Config.Data);
        var local = parsed.GetValue(_local);
        if (!local && work.Config.Privacy.OfAnswers.IsOn)
            throw new ConfigurationException("privacy", "flglm generate has no run directory to keep the secret of noise in, and what it sends would not be defended; take the section out, or answer with --local.");
        await using var seal = local ? null : SealSetup.Open(work);
        using var answers = new AnswerWriter(output, parsed.GetValue(_out));
        var events = new RunEvents();
        var logging = LogAsync(events, work.Loggers.CreateLogger("flglm"));
        try
        {
            await using var generator = new Generator(LibraryOptions.Generator(work.Config, seal?.Options, local, events));
            await AnswerAsync(generator, questions, answers, work.StopRequested);
        }
        finally
        {
            events.Complete();
            await logging;
        }
    }

    /// <summary>Writes the answers; a single one comes to a terminal piece by piece.</summary>
    internal static async Task AnswerAsync(Generator generator, IReadOnlyList<Dialogue> questions, AnswerWriter answers, CancellationToken ct)
    {
        var comesInPieces = questions.Count == 1 && answers.ShowsPieces;
        await foreach (var answer in generator.AnswerAsync(questions, comesInPieces ? answers.WritePiece : null, ct))
            answers.Write(answer, showsPrompt: questions.Count > 1, isShown: comesInPieces);
    }

    private static async Task LogAsync(RunEvents events, ILogger logger)
    {
        await foreach (var happened in events.ReadAllAsync())
            RunOutput.Log(logger, happened);
    }

    private List<Dialogue> Questions(ParseResult parsed, DataSettings data)
    {
        var prompts = parsed.GetRequiredValue(_prompt);
        if (Array.FindIndex(prompts, string.IsNullOrWhiteSpace) is >= 0 and var empty)
            throw new ConfigurationException("--prompt", $"question {empty + 1} is empty; write what the model shall answer, or leave this --prompt out.");
        var questions = prompts.Select(prompt => new Dialogue(prompt)).ToList();
        if (parsed.GetValue(_file) is { } file)
            questions.AddRange(PromptFile.Read(HomePath.Expand(file), data.Template, data.Columns));
        return questions.Count > 0
            ? questions
            : throw new ConfigurationException("--prompt", "there is no question; give --prompt TEXT or --file FILE.");
    }
}
