using FlGlm.Cli;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.CommandLine;

public sealed class ReadyMadeConfigsTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(Configs, "*.yaml", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Configs, path))];

    private static string Configs => RepositoryFolder.At("configs");

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_ready_made_configuration_is_in_order(string file)
    {
        Assert.NotEqual("", Load(file).Model.Path);
    }

    [Fact]
    public void ChatGLM_6B_trains_as_in_the_paper()
    {
        var config = Load("chatglm-6b-ptuning.yaml");

        Assert.Equal((PeftMethod.PTuningV2, 128, false), (config.Peft.Method, config.Peft.Prefix.Length, config.Peft.Prefix.Projection));
        Assert.Equal((OptimizerName.Adam, 2e-2, 0, 0), (config.Optimizer.Name, config.Optimizer.LearningRate, config.Optimizer.WeightDecay, config.Optimizer.WarmupSteps));
        Assert.Equal((1, 1, 1), (config.Training.BatchSize, config.Split.Head, config.Split.Tail));
    }

    [Fact]
    public void Llama_2_trains_LoRA_on_all_of_attention()
    {
        var config = Load("llama2-7b-lora.yaml");

        Assert.Equal((PeftMethod.Lora, 16, 32, false), (config.Peft.Method, config.Peft.Lora.Rank, config.Peft.Lora.Alpha, config.Peft.Lora.Rslora));
        Assert.Equal(["q_proj", "k_proj", "v_proj", "o_proj"], config.Peft.Lora.Targets.Names);
        Assert.Equal((OptimizerName.AdamW, 2e-4, 1), (config.Optimizer.Name, config.Optimizer.LearningRate, config.Training.BatchSize));
    }

    [Fact]
    public void The_clients_of_COPA_s_label_skew_differ_in_name_and_part_alone()
    {
        var configs = new[] { "copa-skew-1.yaml", "copa-skew-2.yaml" }.Select(Load).ToList();

        Assert.All(configs.Index(), config => Assert.Equal(
            (PartitionMethod.LabelSkew, 2, config.Index + 1, 2),
            (config.Item.Data.Partition.By, config.Item.Data.Partition.Parts, config.Item.Data.Partition.Index, config.Item.Clients.Expected)));
        Assert.Single(configs.Select(config => ConfigWriter.Write(config with
        {
            Data = config.Data with { Partition = new() }, Client = config.Client with { Name = "client" },
        })).Distinct());
        Assert.Equal(Load(Path.Combine("tasks", "copa-chatglm-6b.yaml")).Optimizer, configs[0].Optimizer);
    }

    private static FlGlmConfig Load(string file) => ConfigFile.Load<FlGlmConfig>(Path.Combine(Configs, file), []).Settings;
}
