using System.Text.RegularExpressions;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;

namespace FlGlm.Core.Planning;

/// <summary>Checks that LoRA's settings fit a model: what they name must be there.</summary>
internal static class LoraFit
{
    /// <param name="lora">with targets (<see cref="FamilyDefaults.For(PeftSettings, ModelFamily)"/>)</param>
    /// <exception cref="ConfigurationException">Something named is not there, or cannot be trained.</exception>
    public static void Check(ModelFamily family, LoraSettings lora)
    {
        try
        {
            IReadOnlyList<string> modules = [.. Lora.Weights(family, new BlockRange(0, family.Shape.Blocks)).Keys];
            CheckTargets(family, lora, modules);
            CheckLayers(family, lora);
            CheckPatterns(lora, modules);
            CheckWhole(family, lora);
        }
        catch (RegexMatchTimeoutException slow)
        {
            throw new ConfigurationException("peft.lora", $"the regular expression '{slow.Pattern}' needs too long; write a simpler one.");
        }
    }

    private static void CheckTargets(ModelFamily family, LoraSettings lora, IReadOnlyList<string> modules)
    {
        if (lora.Targets.Text is { } text)
        {
            CheckExpression(family, ModulePattern.Whole(text), text, modules);
            return;
        }

        var unknown = lora.Targets.Names.Where(target => !modules.Any(module => module == target || module.EndsWith("." + target, StringComparison.Ordinal))).ToList();
        if (unknown.Count > 0)
        {
            throw new ConfigurationException(
                "peft.lora.targets", $"{string.Join(", ", unknown)} is in no block of a {family.Name} model; it has {string.Join(", ", family.LoraTargets)}.");
        }
    }

    /// <summary>PEFT would adapt the embedding or the head too, or refuse a norm; here the expression must leave them out.</summary>
    private static void CheckExpression(ModelFamily family, ModulePattern pattern, string text, IReadOnlyList<string> modules)
    {
        if (!modules.Any(pattern.Matches))
        {
            throw new ConfigurationException(
                "peft.lora.targets", $"'{text}' matches no whole name of a projection, such as '{modules[0]}'; a list [{text}] names projections by their ends.");
        }

        var others = family.Tensors.Select(tensor => tensor.Name[..tensor.Name.LastIndexOf('.')]).Except(modules);
        if (others.FirstOrDefault(pattern.Matches) is { } other)
            throw new ConfigurationException("peft.lora.targets", $"'{text}' matches '{other}' too, which LoRA does not adapt here; write it so that it matches projections of blocks only.");
    }

    private static void CheckLayers(ModelFamily family, LoraSettings lora)
    {
        var blocks = family.Shape.Blocks;
        if (lora.Layers.Where(layer => layer >= blocks).ToList() is [var layer, ..])
            throw new ConfigurationException("peft.lora.layers", $"{layer} is no block of this model; they are 0 to {blocks - 1}.");
    }

    private static void CheckPatterns(LoraSettings lora, IReadOnlyList<string> modules)
    {
        var selected = Lora.Select(lora);
        var adapted = modules.Where(module => selected.Of(module) is not null).ToList();
        Check("peft.lora.rank_pattern", lora.RankPattern.Keys);
        Check("peft.lora.alpha_pattern", lora.AlphaPattern.Keys);

        void Check(string key, IEnumerable<string> patterns)
        {
            if (patterns.FirstOrDefault(pattern => !adapted.Exists(ModulePattern.End(pattern).Matches)) is { } idle)
                throw new ConfigurationException(key, $"'{idle}' matches the end of no adapted projection's name, such as '{adapted.FirstOrDefault()}'.");
        }
    }

    private static void CheckWhole(ModelFamily family, LoraSettings lora)
    {
        if (!family.Shape.TiedHead && lora.ModulesToSave.Except(family.SavableModules).ToList() is [var unknown, ..])
        {
            throw new ConfigurationException(
                "peft.lora.modules_to_save", $"'{unknown}' cannot train whole beside LoRA; of a {family.Name} model {string.Join(" and ", family.SavableModules.Distinct())} can.");
        }

        if (lora.ModulesToSave.Count > 0 && family.Shape.TiedHead)
        {
            throw new ConfigurationException(
                "peft.lora.modules_to_save",
                "this model's LM head is its embedding (tied). PEFT trains a copy that is no longer tied, and does so differently from release to release; leave modules_to_save empty.");
        }
    }
}
