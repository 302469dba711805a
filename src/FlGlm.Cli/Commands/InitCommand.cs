using System.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Models;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm init</c>: an untrained checkpoint from a config and a seed.</summary>
internal sealed class InitCommand
{
    private readonly Option<string> _config = new("--config")
    {
        Description = "A Hugging Face config.json.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<long> _seed = new("--seed")
    {
        Description = "The same seed gives the same weights.",
        HelpName = "N",
        DefaultValueFactory = _ => 42,
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "The checkpoint directory to write.",
        HelpName = "DIR",
        Required = true,
    };

    private readonly Option<string?> _tokenizer = new("--tokenizer")
    {
        Description = "A directory whose tokenizer files are copied.",
        HelpName = "DIR",
    };

    private readonly Option<string> _dtype = new("--dtype")
    {
        Description = "How weights are stored.",
        DefaultValueFactory = _ => "float32",
    };

    public static Command Build(CommandHost host) => new InitCommand().Declare(host);

    private Command Declare(CommandHost host)
    {
        _dtype.AcceptOnlyFromAmong([.. StoredTypes.ByName.Keys]);
        return host.Declare(
            new Command("init", "Makes a randomly initialised checkpoint.") { _config, _seed, _out, _tokenizer, _dtype },
            (parsed, output, _) =>
            {
                var (target, seed) = (parsed.GetRequiredValue(_out), parsed.GetValue(_seed));
                var family = RandomCheckpoint.Write(
                    parsed.GetRequiredValue(_config), seed, StoredTypes.ByName[parsed.GetRequiredValue(_dtype)], target, parsed.GetValue(_tokenizer));
                var parameters = family.Tensors.Sum(tensor => tensor.Count);
                output.Write(
                    [$"{target}: {family.Name}, {family.Shape.Blocks} blocks, {parameters:N0} parameters from seed {seed}"],
                    new { Out = target, Architecture = family.Name, family.Shape.Blocks, Parameters = parameters, Seed = seed });
                return Task.CompletedTask;
            });
    }
}
