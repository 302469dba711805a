using FlGlm.Client.Stages;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Stages;

namespace FlGlm.Cli.Runs;

/// <summary>Stages with the adapter that <c>peft.start</c> names. For the compute lane.</summary>
internal static class StageLoader
{
    public static ClientStages Client(Workplace place)
    {
        var stages = new ClientStages(place.Checkpoint, place.Blueprint);
        Start(place, stages.Head.Blocks, stages.Tail.Blocks);
        return stages;
    }

    public static MiddleStage Middle(Workplace place)
    {
        var stage = new MiddleStage(place.Checkpoint, place.Blueprint);
        Start(place, stage.Blocks);
        return stage;
    }

    private static void Start(Workplace place, params IEnumerable<BlockStack> stacks)
    {
        if (place.Plan.Peft.Start is { Length: > 0 } start)
        {
            foreach (var stack in stacks)
                AdapterImport.Load(start, place.Blueprint, stack);
        }

        place.Checkpoint.CloseFiles();
    }
}
