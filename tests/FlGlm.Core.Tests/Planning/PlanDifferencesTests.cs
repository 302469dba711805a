using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;

namespace FlGlm.Core.Tests.Planning;

public sealed class PlanDifferencesTests
{
    private static readonly RunPlan Server = PlanTextTests.Unusual(PeftMethod.Lora);

    [Fact]
    public void Equal_plans_do_not_differ() => Assert.Empty(Of(Server));

    [Fact]
    public void A_difference_names_its_key_both_values_and_the_sides() =>
        Assert.Equal(["optimizer.learning_rate is 0.001 at the server, 0.5 at the client"], Of(Server with { Optimizer = Server.Optimizer with { LearningRate = 0.5 } }));

    [Fact]
    public void Models_differ_by_the_fields_of_their_architecture() =>
        Assert.Equal(
            ["model.path (hidden) is 16 at the server, 8 at the client", "model.path (heads) is missing at the server, 2 at the client", "model.path (fingerprint) is abc at the server, abd at the client"],
            Of(Server with { Architecture = "llama blocks=7 hidden=8 heads=2", Fingerprint = "abd" }));

    [Fact]
    public void Settings_of_a_method_that_one_side_does_not_use_are_not_compared()
    {
        var prefix = Server with { Peft = Server.Peft with { Method = PeftMethod.PTuningV2, Prefix = new PrefixSettings { Length = 77 } } };
        var unused = Server with { Peft = Server.Peft with { Prefix = new PrefixSettings { Length = 77 } } };
        var epochs = Server with { Training = Server.Training with { Epochs = 2 } };

        Assert.Equal(["peft.method is lora at the server, p_tuning_v2 at the client"], Of(prefix));
        Assert.Empty(Of(unused));
        Assert.Equal(["training.epochs is 0 at the server, 2 at the client"], Of(epochs));
    }

    [Fact]
    public void What_the_server_decides_is_not_compared() =>
        Assert.Empty(Of(Server with
        {
            RunId = "", Serial = new SerialSettings(), Crypto = new CryptoSettings { RekeyEvery = 1 }, ShareMiddle = true,
        }));

    [Fact]
    public void For_generation_only_the_model_is_compared()
    {
        var trainsOtherwise = Server with
        {
            Optimizer = new OptimizerSettings(), Training = new TrainingSettings { Seed = 1 }, Clients = new ClientsSettings(),
        };
        var otherModel = trainsOtherwise with { Split = new SplitSettings { Head = 1, Tail = 3 }, Precision = ElementPrecision.Float32 };

        Assert.Empty(Of(trainsOtherwise, inGeneration: true));
        Assert.Equal(
            ["split.head is 2 at the server, 1 at the client", "compute.dtype is bfloat16 at the server, float32 at the client"], Of(otherModel, inGeneration: true));
    }

    [Fact]
    public void That_only_one_side_starts_from_an_adapter_is_a_difference_and_its_path_is_none()
    {
        var starts = Server with { Peft = Server.Peft with { Start = "here" } };

        Assert.Equal(["peft.start is none at the server, an adapter at the client"], Of(starts));
        Assert.Empty(PlanDifferences.Between(PlanText.Write(starts), Server with { Peft = Server.Peft with { Start = "there" } }, inGeneration: false));
    }

    [Fact]
    public void A_key_that_one_side_does_not_know_is_a_difference()
    {
        var text = PlanText.Write(Server);

        Assert.Equal(["optimizer.nesterov is true at the server, unknown at the client"], PlanDifferences.Between(text + "optimizer.nesterov: true\n", Server, inGeneration: false));
        Assert.Equal(
            ["optimizer.beta1 is missing at the server, 0.8 at the client"],
            PlanDifferences.Between(text.Replace("optimizer.beta1: 0.8\n", "", StringComparison.Ordinal), Server, inGeneration: false));
        Assert.Equal(
            ["peft.lora.rank is missing at the server, 3 at the client"],
            PlanDifferences.Between(text.Replace("peft.lora.rank: 3\n", "", StringComparison.Ordinal), Server, inGeneration: false));
        Assert.Empty(PlanDifferences.Between(text + "optimizer.nesterov: true\n", Server, inGeneration: true));
    }

    private static IEnumerable<string> Of(RunPlan client, bool inGeneration = false) => PlanDifferences.Between(PlanText.Write(Server), client, inGeneration);
}
