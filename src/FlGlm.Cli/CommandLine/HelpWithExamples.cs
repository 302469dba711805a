using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace FlGlm.Cli.CommandLine;

/// <summary>The help of a command, with examples at its end.</summary>
/// <param name="help">writes what is before them</param>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => help.ClearsParseErrors;

    /// <summary>Adds examples to the help of a command line.</summary>
    public static RootCommand AddTo(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
            option.Action = new HelpWithExamples((HelpAction)option.Action!);
        return root;
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var examples = CommandExamples.Of(parseResult.CommandResult.Command);
        if (examples.Count > 0)
            output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {example}");
        return code;
    }
}
