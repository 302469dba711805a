using System.CommandLine;

namespace FlGlm.Cli.CommandLine;

/// <summary>Examples of each command for its help. Files that they name are in the repository, or are made by the command that stands above.</summary>
internal static class CommandExamples
{
    private static readonly Dictionary<string, string[]> ByCommand = new()
    {
        ["flglm"] = ["flglm demo", "flglm train --config configs/demo-lora.yaml --set training.steps=20"],
        ["server"] = ["flglm server --config run.yaml", "flglm server --config run.yaml --set server.listen=0.0.0.0:7400"],
        ["client"] = ["flglm client --config run.yaml", "flglm client --resume --set run.directory=runs/clinic"],
        ["train"] = ["flglm train --config configs/demo-lora.yaml", "flglm train --config configs/demo-lora.yaml --set optimizer.learning_rate=0.002 --set run.directory=runs/first"],
        ["resume"] = ["flglm resume runs/first"],
        ["generate"] = ["flglm generate --config run.yaml --prompt \"Summarise: ...\"", "flglm generate --local --config configs/demo-lora.yaml --set peft.start=runs/first/adapter --prompt \"When are roses cut?\""],
        ["evaluate"] = ["flglm evaluate --config configs/tasks/rte-chatglm-6b.yaml --set peft.start=runs/first/adapter", "flglm evaluate --local --config configs/tasks/rte-chatglm-6b.yaml --limit 100"],
        ["scores"] = ["flglm scores runs/evaluate-boolq runs/evaluate-rte"],
        ["report"] = ["flglm report runs/demo", "flglm report runs/first runs/second --out comparison"],
        ["demo"] = ["flglm demo", "flglm demo --set training.steps=50 --set run.directory=runs/demo"],
        ["chaos"] = ["flglm chaos", "flglm chaos --runs 20 --kill server --traffic none"],
        ["simulate"] = ["flglm simulate --config configs/simulate/figure-5.yaml --dry-run", "flglm simulate --config configs/simulate/figure-5.yaml --out runs/figure-5"],
        ["bench"] = ["flglm bench superglue --config bench.yaml --baseline bench.json --update", "flglm bench superglue --config bench.yaml --baseline bench.json"],
        ["attack"] = ["flglm attack --run runs/first --shadow other.jsonl", "flglm attack --config configs/demo-lora.yaml --set data.train=[demo/data/harbour.jsonl] --tap runs/tap --shadow demo/data/validation.jsonl"],
        ["privacy-report"] = ["flglm privacy-report --config configs/privacy/defences-demo.yaml --dry-run", "flglm privacy-report --config configs/privacy/defences-demo.yaml --out runs/defences-demo"],
        ["keys"] = ["flglm keys --name clinic --out keys", "flglm keys --trust gpu.pub --out keys"],
        ["init"] = ["flglm init --config demo/model/config.json --tokenizer demo/model --out runs/untrained --seed 7"],
        ["merge"] = ["flglm merge runs/client/adapter runs/server/adapter --out merged", "flglm merge runs/first/adapter --into-base demo/model --out whole"],
        ["inspect"] = ["flglm inspect demo/model --split 1,1", "flglm inspect --config configs/demo-lora.yaml"],
        ["plan"] = ["flglm plan --config configs/demo-lora.yaml --link 100Mbit,50ms", "flglm plan --config configs/demo-lora.yaml --measure 20"],
        ["doctor"] = ["flglm doctor", "flglm doctor client --config run.yaml"],
        ["config"] = ["flglm config optimizer.learning_rate", "flglm config training --config configs/demo-lora.yaml"],
    };

    /// <summary>The command lines, as they are typed; none for a command that is not known here.</summary>
    public static IReadOnlyList<string> Of(Command command) => ByCommand.GetValueOrDefault(command is RootCommand ? "flglm" : command.Name) ?? [];
}
