using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Generation;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
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
                Sections: ["model", "split", "peft", "crypto", "compute", "client", "keys", "generation"],
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
        await using var seal = local ? null : SealSetup.Open(work);
        using var answers = new AnswerWriter(output, parsed.GetValue(_out));
        using var setup = RunSetup.Open(work);
        var run = new GenerationRun(work, setup, questions, answers);
        await (local ? run.RunLocallyAsync() : run.RunAtServerAsync(seal?.Options));
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
