using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>A stage of a sharded checkpoint needs the shards of its own tensors and no other.</summary>
public sealed class ForeignShardFixtureTests
{
    [FixtureTheory("hf_sharded")]
    [FixtureModels]
    public void Every_stage_loads_its_tensors_without_foreign_shards(string name)
    {
        using var scope = NewDisposeScope();
        using var whole = HfCheckpoint.Open(new FixtureModel(name).Hf);
        var split = new SplitPlan(ModelFamily.Of(whole).Shape.Blocks, FixtureStages.Cut(whole.Directory));
        foreach (var stage in Enum.GetValues<StageName>())
        {
            using var folder = new TempFolder();
            var own = ModelFamily.Of(whole).Tensors.Where(tensor => split.Owner(tensor) == stage).ToList();
            using var alone = HfCheckpoint.Open(CopyShards(new FixtureModel(name).Form("hf_sharded"), own, folder.Path));
            foreach (var tensor in own)
                Bits.Equal(whole.Read(tensor.Name, tensor.Shape, "test"), alone.Read(tensor.Name, tensor.Shape, "test"), tensor.Name);
        }
    }

    private static string CopyShards(string directory, IEnumerable<TensorSpec> own, string target)
    {
        using var checkpoint = HfCheckpoint.Open(directory);
        var shards = checkpoint.Names.Select(checkpoint.FileOf).ToHashSet();
        var wanted = own.Select(tensor => checkpoint.FileOf(tensor.Name)).ToHashSet();
        foreach (var path in Directory.GetFiles(directory).Where(path => !shards.Contains(Path.GetFileName(path)) || wanted.Contains(Path.GetFileName(path))))
            File.Copy(path, Path.Combine(target, Path.GetFileName(path)));
        return target;
    }
}
