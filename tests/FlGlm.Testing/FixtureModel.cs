using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;

namespace FlGlm.Testing;

/// <summary>One model directory of the fixtures. All sizes come from its files.</summary>
public sealed class FixtureModel(string name)
{
    public string Directory { get; } = Path.Combine(FixtureSet.Folder, name);

    /// <summary>The weights as a Hugging Face directory.</summary>
    public string Hf => Form("hf");

    public ModelFamily Family { get; } = FamilyOf(Path.Combine(FixtureSet.Folder, name, "hf"));

    /// <summary>A prefix as ChatGLM's own trainer saves it.</summary>
    public string PTuning => Path.Combine(Directory, "ptuning");

    public string LoraAdapter => Path.Combine(Directory, "lora_adapter");

    /// <summary>LoRA as the adapter directory says, without dropout.</summary>
    public PeftSettings Lora() => LoraOf(LoraAdapter);

    /// <summary>LoRA as an adapter directory says, without dropout.</summary>
    public static PeftSettings LoraOf(string adapter)
    {
        var config = (LoraAdapterConfig)AdapterDirectory.ReadConfig(adapter);
        return new PeftSettings
        {
            Lora = new LoraSettings
            {
                Rank = config.Rank,
                Alpha = config.Alpha,
                Rslora = config.UseRslora,
                Targets = config.TargetModules,
                Layers = config.Layers,
                RankPattern = config.RankPattern,
                AlphaPattern = config.AlphaPattern,
                ModulesToSave = config.ModulesToSave,
                Init = config.Init,
            },
        };
    }

    /// <summary>P-tuning v2 of the length that <c>io_prefix</c> holds.</summary>
    public static PeftSettings Prefix(FixtureFile file) => Prefix(new PrefixSettings { Length = (int)file["prefix.embedding.weight"].shape[0], Dropout = 0 });

    /// <summary>P-tuning v2 with the projection that <c>io_prefix_proj</c> holds.</summary>
    public static PeftSettings ProjectedPrefix(FixtureFile file) => Prefix(new PrefixSettings
    {
        Length = (int)file["prefix.embedding.weight"].shape[0],
        Projection = true,
        Dropout = 0,
        ProjectionHidden = (int)file.Under("prefix.").Single(tensor => tensor.Key.EndsWith(".0.weight", StringComparison.Ordinal)).Value.shape[0],
    });

    /// <summary>A weights directory of this form: <c>hf</c>, <c>hf_sharded</c>, <c>hf_fp16</c>.</summary>
    public string Form(string form) => Path.Combine(Directory, form);

    /// <param name="name">without the extension: <c>io_lora</c></param>
    /// <returns>the file, its tensors in the caller's dispose scope</returns>
    public FixtureFile File(string name) => new(Path.Combine(Directory, name + ".safetensors"), Family.Marks);

    private static ModelFamily FamilyOf(string directory)
    {
        using var checkpoint = HfCheckpoint.Open(directory);
        return ModelFamily.Of(checkpoint);
    }

    private static PeftSettings Prefix(PrefixSettings prefix) => new() { Method = PeftMethod.PTuningV2, Prefix = prefix };
}
