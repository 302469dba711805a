using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Peft;

/// <summary>The stages' trained parameters are written as one adapter and read back, for every cut of the model.</summary>
public sealed class AdapterRoundTripTests : IDisposable
{
    private static readonly Dictionary<string, TinyModel> Models = new()
    {
        ["llama"] = new TinyLlama(), ["chatglm"] = new TinyChatGlm { TiedHead = true }, ["chatglm2"] = new TinyChatGlm2(),
    };

    private static readonly PeftSettings Lora = new() { Lora = new LoraSettings { Rank = 2, Alpha = 6 } };
    private static readonly PeftSettings Prefix = new() { Method = PeftMethod.PTuningV2, Prefix = new PrefixSettings { Length = 3 } };
    private static readonly PeftSettings Projected = Prefix with { Prefix = new PrefixSettings { Length = 3, Projection = true } };

    private readonly TempFolder _folder = new();
    private string _model;

    public AdapterRoundTripTests() => _model = Models["llama"].Write(_folder.At("llama"));

    private string Adapter => Path.Combine(_folder.Path, "adapter");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("llama", false)]
    [InlineData("llama", true)]
    [InlineData("chatglm", false)]
    [InlineData("chatglm", true)]
    [InlineData("chatglm2", false)]
    [InlineData("chatglm2", true)]
    public void Three_stages_write_one_adapter_that_any_other_cut_reads(string family, bool prefix)
    {
        using var scope = NewDisposeScope();
        var peft = prefix ? Prefix : Lora with { Lora = Lora.Lora with { Targets = [.. Models[family].LoraTargets] } };
        _model = Models[family].Write(_folder.At(family));
        using var trained = Trained(peft, new SplitSettings());
        Export(trained, Enum.GetValues<StageName>());
        foreach (var cut in new SplitSettings[] { new() { Head = 0, Tail = 4 }, new() { Head = 2, Tail = 0 }, new() { Head = 3, Tail = 1 } })
        {
            using var other = Import(peft, cut);

            Bits.Equal(trained.Parameters, other.Parameters, cut.ToString());
        }
    }

    public static TheoryData<string> Rich => ["patterns", "layers", "expression", "saved"];

    [Theory]
    [MemberData(nameof(Rich))]
    public void Every_kind_of_LoRA_is_written_and_read_at_any_cut(string kind)
    {
        using var scope = NewDisposeScope();
        var peft = RichLora(kind);
        using var trained = Trained(peft, new SplitSettings());
        Export(trained, Enum.GetValues<StageName>());
        foreach (var cut in new SplitSettings[] { new() { Head = 0, Tail = 4 }, new() { Head = 2, Tail = 0 }, new() { Head = 3, Tail = 1 } })
        {
            using var other = Import(peft, cut);

            Bits.Equal(trained.Parameters, other.Parameters, cut.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Rich))]
    public void Parts_of_every_kind_of_LoRA_join_to_the_whole_adapter(string kind)
    {
        using var scope = NewDisposeScope();
        var peft = RichLora(kind);
        var emptyEnds = kind == "saved" ? new SplitSettings { Head = 0, Tail = 0 } : new SplitSettings();
        foreach (var cut in new SplitSettings[] { new(), new() { Head = 0, Tail = 1 }, new() { Head = 1, Tail = 0 }, emptyEnds })
        {
            using var trained = Trained(peft, cut);
            Export(trained, [StageName.Head, StageName.Tail]);
            Export(trained, [StageName.Middle]);
            var parts = Directory.GetDirectories(Adapter);

            PartMerge.Join(parts, _folder.At("joined"));

            using var other = ThreeStages.Open(_model, peft).Import(_folder.At("joined"));
            Bits.Equal(trained.Parameters, other.Parameters, cut.ToString());
            using var same = Import(peft, cut);
            Bits.Equal(trained.Parameters, same.Parameters, cut.ToString());
            Directory.Delete(Adapter, recursive: true);
        }
    }

    [Fact]
    public void A_joined_adapter_without_a_module_that_is_saved_whole_is_refused()
    {
        using var scope = NewDisposeScope();
        using var trained = Trained(RichLora("saved"), new SplitSettings { Head = 0, Tail = 1 });
        Export(trained, [StageName.Middle, StageName.Tail]);

        var error = Assert.Throws<CheckpointException>(() => PartMerge.Join([Path.Combine(Adapter, "middle"), Path.Combine(Adapter, "tail")], _folder.At("joined")));

        Assert.Contains("no part holds 'embed_tokens'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("chatglm")]
    [InlineData("chatglm2")]
    public void A_stage_reads_its_own_part(string family)
    {
        using var scope = NewDisposeScope();
        _model = Models[family].Write(_folder.At(family));
        using var trained = Trained(Projected, new SplitSettings());
        Export(trained, [StageName.Middle]);
        using var other = ThreeStages.Open(_model, Projected);
        AdapterImport.Load(Path.Combine(Adapter, "middle"), other.Blueprint, StageName.Middle, other.Middle.Parameters);

        Bits.Equal(trained.Middle.Parameters, other.Middle.Parameters, "middle");
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("chatglm")]
    public void Of_a_directory_of_parts_every_stage_reads_its_own(string family)
    {
        using var scope = NewDisposeScope();
        _model = Models[family].Write(_folder.At(family));
        using var trained = Trained(Projected, new SplitSettings());
        Export(trained, [StageName.Head, StageName.Tail]);
        Export(trained, [StageName.Middle]);
        using var other = Import(Projected, new SplitSettings());

        Bits.Equal(trained.Parameters, other.Parameters, "parts");
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("chatglm")]
    [InlineData("chatglm2")]
    public void A_projection_shared_by_all_blocks_is_for_one_stage_and_refused_by_a_split(string family)
    {
        using var scope = NewDisposeScope();
        _model = Models[family].Write(_folder.At(family));
        var whole = new SplitSettings { Head = 0, Tail = 4 };
        using var trained = Trained(Projected, whole);
        Export(trained, Enum.GetValues<StageName>());
        using var again = Import(Projected, whole);

        Bits.Equal(trained.Parameters, again.Parameters, "encoder");
        var error = Assert.Throws<CheckpointException>(() => Import(Projected, new SplitSettings()));
        Assert.Contains("one projection shared by blocks 0..3", error.Message, StringComparison.Ordinal);
    }

    /// <summary>With training on a GPU, the received middle is on the CPU while head and tail are on the GPU.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_middle_that_came_over_the_wire_joins_head_and_tail(bool projected)
    {
        using var scope = NewDisposeScope();
        var peft = projected ? Projected : Prefix;
        using var trained = Trained(peft, new SplitSettings());
        using var middle = ParameterSet.CopyOf(trained.Middle.Parameters);
        var values = trained.Client.Parameters.Select(parameter => (parameter.Name, (Tensor)parameter.Value)).Concat(middle.Tensors);
        using var checkpoint = HfCheckpoint.Open(_model);

        TrainedParts.Write(Adapter, checkpoint, trained.Blueprint, Enum.GetValues<StageName>().ToHashSet(), values.ToDictionary());

        using var other = projected ? null : Import(peft, new SplitSettings { Head = 2, Tail = 1 });
        Assert.True(File.Exists(Path.Combine(Adapter, "adapter_model.safetensors")));
        if (other is not null)
            Bits.Equal(trained.Parameters, other.Parameters, "prefix");
    }

    [Theory]
    [InlineData("torch_dtype")]
    [InlineData("dtype")]
    public void A_trained_model_says_the_type_that_its_weights_have(string key)
    {
        using var scope = NewDisposeScope();
        SetConfigField(key, "float16");
        using var trained = Trained(new PeftSettings { Method = PeftMethod.None }, new SplitSettings());
        Export(trained, Enum.GetValues<StageName>());

        using var written = HfCheckpoint.Open(Adapter);
        Assert.Equal("float32", written.Config.GetProperty(key).GetString());
        Assert.Equal(ElementType.F32, written.Info("model.norm.weight").ElementType);
    }

    [Fact]
    public void A_published_prefix_of_another_length_or_model_is_refused()
    {
        using var scope = NewDisposeScope();
        _model = Models["chatglm"].Write(_folder.At("chatglm"));
        using (var trained = Trained(Prefix, new SplitSettings()))
            Export(trained, Enum.GetValues<StageName>());

        var length = Assert.Throws<CheckpointException>(() => Import(Prefix with { Prefix = new PrefixSettings { Length = 4 } }, new SplitSettings()));
        _model = new TinyChatGlm { Blocks = 5 }.Write(_folder.At("longer"));
        var blocks = Assert.Throws<CheckpointException>(() => Import(Prefix, new SplitSettings()));

        Assert.Contains("has length 4", length.Message, StringComparison.Ordinal);
        Assert.Contains("for 5 blocks", blocks.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_of_different_kinds_are_not_merged()
    {
        using var scope = NewDisposeScope();
        using (var lora = Trained(Lora, new SplitSettings()))
            Export(lora, [StageName.Head]);
        _model = Models["chatglm"].Write(_folder.At("chatglm"));
        using (var prefix = Trained(Prefix, new SplitSettings()))
            Export(prefix, [StageName.Middle]);

        var error = Assert.Throws<CheckpointException>(() => PartMerge.Join([Path.Combine(Adapter, "head"), Path.Combine(Adapter, "middle")], _folder.At("joined")));

        Assert.Contains("name parts of one run", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llama", PeftMethod.Lora)]
    [InlineData("llama", PeftMethod.PTuningV2)]
    [InlineData("chatglm", PeftMethod.PTuningV2)]
    [InlineData("llama", PeftMethod.None)]
    public void Parts_are_found_in_the_directories_of_a_run_and_those_of_different_runs_are_refused(string family, PeftMethod method)
    {
        using var scope = NewDisposeScope();
        _model = Models[family].Write(_folder.At(family));
        using var trained = Trained((method == PeftMethod.Lora ? Lora : Prefix) with { Method = method }, new SplitSettings());
        Export(trained, [StageName.Head, StageName.Tail], "client", "run-a");
        Export(trained, [StageName.Middle], "server", "run-a");
        Export(trained, [StageName.Middle], "other", "run-b");
        Export(trained, [StageName.Middle], "unknown");

        var joined = PartMerge.Join([_folder.At("server"), _folder.At("client")], _folder.At("joined"));
        PartMerge.Join([_folder.At("client"), _folder.At("unknown")], _folder.At("again"));
        var error = Assert.Throws<CheckpointException>(() => PartMerge.Join([_folder.At("other"), _folder.At("client")], _folder.At("mixed")));

        Assert.Equal([_folder.At("server", "middle"), _folder.At("client", "head"), _folder.At("client", "tail")], joined);
        Assert.All(["adapter_config.json", "config.json"], name => Assert.DoesNotContain("flglm_", Text("joined", name), StringComparison.Ordinal));
        Assert.Contains("run-a", Text(Path.Combine("client", "head"), "adapter_config.json") + Text(Path.Combine("client", "head"), "config.json"), StringComparison.Ordinal);
        Assert.Contains("The parts cannot be joined: ", error.Message, StringComparison.Ordinal);
        Assert.All(["of run run-a", "of run run-b", "Name parts of one run."], words => Assert.Contains(words, error.Message, StringComparison.Ordinal));
        Assert.False(Directory.Exists(_folder.At("mixed")));

        string Text(string directory, string name) => File.Exists(_folder.At(directory, name)) ? File.ReadAllText(_folder.At(directory, name)) : "";
    }

    [Fact]
    public void A_directory_without_parts_is_told_from_a_run_s_own()
    {
        using var scope = NewDisposeScope();
        using var trained = Trained(Lora, new SplitSettings());
        Export(trained, [StageName.Head]);

        string Message(string named) => Assert.Throws<CheckpointException>(() => PartMerge.Join([named], _folder.At("joined"))).Message;

        Assert.EndsWith($"it is a run's directory: name '{Adapter}'.", Message(_folder.Path), StringComparison.Ordinal);
        Assert.EndsWith("name a run's 'adapter' directory, or the parts in it (head, middle, tail).", Message(_folder.At("nowhere")), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_rank_or_method_is_refused()
    {
        using var scope = NewDisposeScope();
        using var trained = Trained(Lora, new SplitSettings());
        Export(trained, Enum.GetValues<StageName>());

        Assert.Throws<CheckpointException>(() => Import(Lora with { Lora = new LoraSettings { Rank = 4, Alpha = 6 } }, new SplitSettings()));
        Assert.Throws<CheckpointException>(() => Import(Prefix, new SplitSettings()));
    }

    private static PeftSettings RichLora(string kind)
    {
        var lora = new LoraSettings { Rank = 3, Alpha = 6 };
        return new PeftSettings
        {
            Lora = kind switch
            {
                "patterns" => lora with
                {
                    Targets = ["q_proj", "down_proj"],
                    RankPattern = new Dictionary<string, int> { [@"1\..*q_proj"] = 2, ["down_proj"] = 4 },
                    AlphaPattern = new Dictionary<string, double> { ["q_proj"] = 0.5 },
                },
                "layers" => lora with { Layers = [3, 1], Init = LoraInit.Gaussian },
                "expression" => lora with { Targets = NamesOrText.OfText(@"model\.layers\.[023]\..*(q|up)_proj"), Rslora = true },
                _ => lora with { ModulesToSave = ["lm_head", "embed_tokens"] },
            },
        };
    }

    private void SetConfigField(string key, string value)
    {
        var path = Path.Combine(_model, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        config[key] = value;
        File.WriteAllText(path, config.ToJsonString());
    }

    /// <summary>Stages with parameters that differ from every initial value.</summary>
    private ThreeStages Trained(PeftSettings peft, SplitSettings cut)
    {
        var stages = ThreeStages.Open(_model, peft, cut, blueprint => blueprint with { Seed = 99 });
        using var grad = no_grad();
        foreach (var parameter in stages.Parameters)
            parameter.Value.add_(0.25);
        return stages;
    }

    private void Export(ThreeStages stages, IEnumerable<StageName> owners, string directory = "adapter", string runId = "")
    {
        using var checkpoint = HfCheckpoint.Open(_model);
        var values = stages.Parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter.Value);
        TrainedParts.Write(_folder.At(directory), checkpoint, stages.Blueprint, owners.ToHashSet(), values, runId);
    }

    private ThreeStages Import(PeftSettings peft, SplitSettings cut) => ThreeStages.Open(_model, peft, cut).Import(Adapter);
}
