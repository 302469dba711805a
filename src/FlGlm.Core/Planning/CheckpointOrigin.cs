using FlGlm.Core.Configuration;

namespace FlGlm.Core.Planning;

/// <summary>What a checkpoint is of, and what must be the same where it is resumed.</summary>
/// <param name="Version">the build</param>
/// <param name="Plan">the text of the plan, which has no paths</param>
/// <param name="Content">the fingerprint of the weights (<see cref="ModelContent.Fingerprint"/>)</param>
internal sealed record CheckpointOrigin(string Version, string Plan, string Content)
{
    /// <summary>Of this build.</summary>
    public static CheckpointOrigin Of(RunPlan plan, ModelContent content) => new(BuildVersion.Current, PlanText.Write(plan), content.Fingerprint);

    /// <summary>Compares a checkpoint's with that of the side which resumes it.</summary>
    /// <param name="own">the plan and the weights of this side</param>
    /// <param name="path">the checkpoint's directory</param>
    /// <exception cref="ConfigurationException">Keys of the plan differ; each is named with both values.</exception>
    /// <exception cref="CheckpointException">It is of another build, or of other weights.</exception>
    public void Expect(RunPlan own, ModelContent content, string path)
    {
        if (Version != BuildVersion.Current)
            throw new CheckpointException(path, $"The checkpoint '{path}' is of version {Version}, and this is {BuildVersion.Current}: resume it with the version that has written it.");
        Problem[] problems = [.. PlanDifferences.SinceCheckpoint(Plan, own)];
        if (problems.Length > 0)
            throw new ConfigurationException(problems);
        if (Content != content.Fingerprint)
            throw new CheckpointException(path, $"The checkpoint '{path}' is of other weights: the values in model.path or peft.start have changed since.");
    }
}
