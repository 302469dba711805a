using FlGlm.Client.Stages;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Server.Stages;

namespace FlGlm.Cli.Runs;

/// <summary>Loads stages and the adapter that <c>peft.start</c> names. Call it on the compute lane only.</summary>
internal static class StageLoader
{
    public static ClientStages Client(RunSetup setup)
    {
        var stages = new ClientStages(setup.Checkpoint, setup.Blueprint);
        Start(setup, (StageName.Head, stages.Head.Parameters), (StageName.Tail, stages.Tail.Parameters));
        return stages;
    }

    public static MiddleStage Middle(RunSetup setup)
    {
        var stage = new MiddleStage(setup.Checkpoint, setup.Blueprint);
        Start(setup, (StageName.Middle, stage.Parameters));
        return stage;
    }

    private static void Start(RunSetup setup, params IEnumerable<(StageName Stage, IReadOnlyList<NamedParameter> Parameters)> stages)
    {
        if (setup.Plan.Peft.Start is { Length: > 0 } start)
        {
            foreach (var (stage, parameters) in stages)
                AdapterImport.Load(start, setup.Blueprint, stage, parameters);
        }

        setup.Checkpoint.CloseFiles();
    }
}
