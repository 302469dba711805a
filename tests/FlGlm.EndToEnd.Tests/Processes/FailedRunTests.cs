using FlGlm.Cli.CommandLine;
using FlGlm.Core.Checkpoints;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Runs that end with an error: the trained parameters are saved, and the error names the reason.</summary>
public sealed class FailedRunTests : IDisposable
{
    /// <summary>The first step makes weights so large that the second overflows.</summary>
    private static readonly string[] Diverging = ["optimizer.learning_rate=1e38", "optimizer.beta1=0"];

    /// <summary>A slow output delays no step: a short run could be over before its output is at the third.</summary>
    private const string Long = "training.steps=100000";

    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("lora")]
    [InlineData("none")]
    public async Task A_centralised_run_that_diverges_stops_before_the_step_and_saves_finite_weights(string method)
    {
        await using var run = InProcessFlGlm.Start(_folder.Train([.. Diverging, $"peft.method={method}"]));

        await run.ExitsWithAsync(8);

        Assert.StartsWith("flglm: The loss of step 2 is ", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
        Assert.Contains("lower optimizer.learning_rate", run.Error.Lines[0], StringComparison.Ordinal);
        Assert.Single(_folder.Losses("train"));
        AssertFinite(method == "lora" ? Path.Combine(_folder.Adapter("train"), "adapter_model.safetensors") : Path.Combine(_folder.Adapter("train"), "model.safetensors"));
    }

    [Fact]
    public async Task A_client_that_diverges_reports_it_and_both_sides_save_finite_weights()
    {
        await using var server = InProcessFlGlm.Start(_folder.Server(Diverging));
        await using var client = InProcessFlGlm.Start(_folder.Client("ada", await server.AddressAsync(), Diverging));

        await client.ExitsWithAsync(8);
        await server.ExitsWithAsync(7);

        Assert.Contains("lower optimizer.learning_rate", Assert.Single(client.Error.Lines), StringComparison.Ordinal);
        Assert.Contains("steps have trained is in", Assert.Single(server.Error.Lines), StringComparison.Ordinal);
        foreach (var part in new[] { _folder.At("ada", "adapter", "head"), _folder.At("ada", "adapter", "tail"), _folder.At("server", "adapter", "middle") })
            AssertFinite(Path.Combine(part, "adapter_model.safetensors"));
    }

    [Fact]
    public async Task A_centralised_run_whose_output_meets_a_defect_saves_what_it_has_learnt()
    {
        Assert.Equal(1, await TornAsync(_folder.Train()));

        Assert.Equal(3, _folder.Losses("train").Count);
        AssertFinite(Path.Combine(_folder.Adapter("train"), "adapter_model.safetensors"));
    }

    [Fact]
    public async Task A_client_whose_output_meets_a_defect_saves_what_it_has_learnt_and_says_goodbye()
    {
        await using var server = InProcessFlGlm.Start(_folder.Server(Long));

        Assert.Equal(1, await TornAsync(_folder.Client("ada", await server.AddressAsync(), Long)));

        Assert.Contains("ended the session with a goodbye", await server.LineAsync("ada is gone: 'ada' (127.0.0.1:"), StringComparison.Ordinal);
        await server.ExitsWithAsync(7);
        AssertFinite(Path.Combine(_folder.Adapter("ada"), "head", "adapter_model.safetensors"));
        AssertFinite(Path.Combine(_folder.Adapter("ada"), "tail", "adapter_model.safetensors"));
    }

    /// <summary>Runs a command in which the line of the third step fails as no output does: errors of the output itself stop no run (<see cref="ClosedOutputTests"/>).</summary>
    private static async Task<int> TornAsync(string[] args)
    {
        await using var output = new BrokenWriter("step 3/");
        return await FlGlmCommandLine.RunAsync(args, output, new StringWriter(), CancellationToken.None);
    }

    /// <summary>Checks that saved weights are finite: the reader refuses others.</summary>
    private static void AssertFinite(string path)
    {
        using var file = new SafetensorsReader(path);
        foreach (var name in file.Tensors.Keys)
            file.Read(name).Dispose();
    }
}
