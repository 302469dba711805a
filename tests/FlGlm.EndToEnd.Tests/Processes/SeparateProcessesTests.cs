using FlGlm.Core.Peft;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Runs without seals, since making keys is slow; <see cref="EavesdropperTests"/> shows that seals do not change the losses.</summary>
public sealed class SeparateProcessesTests : IDisposable
{
    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("peft.method=lora", Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData("peft.method=lora", "peft.lora.dropout=0.1", "training.attention_dropout=0.1")]
    [InlineData("peft.method=p_tuning_v2")]
    [InlineData("peft.method=p_tuning_v2", "peft.prefix.dropout=0.1", "training.attention_dropout=0.1", Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData("peft.method=none", "optimizer.learning_rate=1e-3", Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData("peft.method=none", "optimizer.learning_rate=1e-3", "training.attention_dropout=0.1", Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task Server_and_client_give_the_losses_and_the_weights_of_one_process_bit_for_bit(params string[] settings)
    {
        await using var train = InProcessFlGlm.Start(_folder.Train(settings));
        await SplitAsync(settings, here: false);
        await train.ExitsWithAsync(0);

        var losses = _folder.Losses("train");
        Assert.Equal(6, losses.Distinct().Count());
        Assert.Equal(losses, _folder.Losses("ada"));
        SameFiles.Assert(_folder.Adapter("train"), _folder.Adapter("ada"));
    }

    [Fact]
    public async Task A_fully_fine_tuned_split_model_loads_and_is_the_one_that_was_trained()
    {
        string[] settings = ["peft.method=none", "optimizer.learning_rate=1e-3", "data.validation=0.2"];
        await SplitAsync(settings, here: true);

        var run = await CommandRun.OfAsync(_folder.Train([.. settings, $"model.path={_folder.Adapter("ada")}", "training.steps=1"]));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(_folder.ValidationLosses("ada")[^1], _folder.ValidationLosses("train")[0]);
        Assert.True(_folder.ValidationLosses("ada")[^1] < _folder.ValidationLosses("ada")[0]);
    }

    [Fact]
    public async Task Parts_that_a_server_does_not_share_are_joined_by_merge()
    {
        string[] settings = ["server.share_middle=false"];
        await using var train = InProcessFlGlm.Start(_folder.Train());
        await SplitAsync(settings, here: true);
        await train.ExitsWithAsync(0);

        var (ada, server) = (_folder.Adapter("ada"), _folder.Adapter("server"));
        string[] parts = [Path.Combine(ada, "tail"), Path.Combine(server, "middle"), Path.Combine(ada, "head")];
        foreach (var named in new string[][] { parts, [server, ada] })
        {
            var merge = await CommandRun.OfAsync(["merge", .. named, "--out", _folder.At("merged")]);

            Assert.Equal((0, ""), (merge.ExitCode, merge.Error));
            SameFiles.Assert(_folder.Adapter("train"), _folder.At("merged"));
        }

        var ids = parts.Select(part => AdapterDirectory.ReadConfig(part).RunId).Distinct();
        Assert.Contains($"run {Assert.Single(ids)}", File.ReadAllText(_folder.At("server", "flglm.log")), StringComparison.Ordinal);
    }

    private Task SplitAsync(string[] settings, bool here) => _folder.SplitAsync("ada", settings, here);
}
