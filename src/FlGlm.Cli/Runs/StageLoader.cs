using FlGlm.Client.Stages;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Stages;

namespace FlGlm.Cli.Runs;

/// <summary>Loads stages and the adapter that <c>peft.start</c> names. Call it on the compute lane only.</summary>
internal static class StageLoader
{
    public static ClientStages Client(RunSetup setup)
    {
        var stages = new ClientStages(setup.Checkpoint, setup.Blueprint);
        Start(setup, stages.Head.Blocks, stages.Tail.Blocks);
        return stages;
    }

    public static MiddleStage Middle(RunSetup setup)
    {
        var stage = new MiddleStage(setup.Checkpoint, setup.Blueprint);
        Start(setup, stage.Blocks);
        return stage;
    }

    private static void Start(RunSetup setup, params IEnumerable<BlockStack> stacks)
    {
        if (setup.Plan.Peft.Start is { Length: > 0 } start)
        {
            foreach (var stack in stacks)
                AdapterImport.Load(start, setup.Blueprint, stack);
        }

        setup.Checkpoint.CloseFiles();
    }
}
