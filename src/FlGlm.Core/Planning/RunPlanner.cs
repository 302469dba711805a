using System.Security.Cryptography;
using System.Text;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Core.Planning;

/// <summary>Makes the plan of a run from a checkpoint and the settings: the server sends it, the client compares it with the server's.</summary>
public static class RunPlanner
{
    /// <param name="settings">a plan that does not know its model yet, and whose settings may be unset</param>
    /// <exception cref="ConfigurationException">the settings do not fit the model</exception>
    public static RunPlan Create(HfCheckpoint checkpoint, ModelFamily family, RunPlan settings)
    {
        _ = new SplitPlan(family.Shape.Blocks, settings.Split);
        Check(family, settings.Peft);
        var fingerprint = SHA256.HashData(Encoding.UTF8.GetBytes(family.Architecture + "\n" + checkpoint.DirectoryFingerprint()));
        return settings with
        {
            Architecture = family.Architecture,
            Fingerprint = Convert.ToHexStringLower(fingerprint),
            Peft = settings.Peft.For(family),
            Optimizer = settings.Optimizer.For(settings.Peft.Method),
            Training = settings.Training.For(family),
        };
    }

    /// <exception cref="ConfigurationException">the settings do not fit the model</exception>
    public static void Check(ModelFamily family, PeftSettings peft)
    {
        if (peft.Method == PeftMethod.Lora)
            LoraFit.Check(family, peft.For(family).Lora);
        CheckProjection(family, peft);
    }

    /// <summary>Checks the width of the projection where the family's own trainer has a fixed one.</summary>
    private static void CheckProjection(ModelFamily family, PeftSettings peft)
    {
        var (form, prefix) = (family.Prefix, peft.Prefix);
        if (peft.Method == PeftMethod.PTuningV2 && prefix.Projection && form.IsPublished && prefix.ProjectionHidden != 0 && prefix.ProjectionHidden != form.Hidden)
        {
            throw new ConfigurationException(
                "peft.prefix.projection_hidden", $"{prefix.ProjectionHidden} is not the width that a {family.Name} prefix encoder has; 0 or {form.Hidden}.");
        }
    }
}
