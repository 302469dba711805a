using FlGlm.Core.Checkpoints;

namespace FlGlm.Core.Models;

/// <summary>What a checkpoint says that its model has no use for.</summary>
internal static class CheckpointWarnings
{
    /// <returns>one line for each kind of thing; none where everything is used</returns>
    public static IEnumerable<string> Of(HfCheckpoint checkpoint, ModelFamily family)
    {
        var path = Path.Combine(checkpoint.Directory, "config.json");
        var keys = UnusedKeys.Of(checkpoint.Config, KnownConfigKeys.Of(KnownFamily.Of(checkpoint.Config, path)));
        if (keys.Count > 0)
            yield return $"'{path}' has keys that nothing here uses: {UnusedKeys.Some(keys)}.";
        string[] unused = [.. family.UnusedTensors(checkpoint)];
        if (unused.Length > 0)
            yield return $"'{checkpoint.Directory}' has {unused.Length} tensor(s) that this {family.Name} model does not use: {UnusedKeys.Some(unused)}.";
    }
}
