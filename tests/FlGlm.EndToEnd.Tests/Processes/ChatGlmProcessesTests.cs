using System.Text.Json;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Random ChatGLMs under P-tuning v2; of the first, the server and the client run in processes of their own.</summary>
public sealed class ChatGlmProcessesTests : IDisposable
{
    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [SharedTheory]
    [InlineData("glm1")]
    [InlineData("glm2")]
    public async Task Losses_and_prefix_are_those_of_one_process_and_the_prefix_loaded_whole_has_the_same_loss(string model)
    {
        var settings = Settings(model);
        await using var train = InProcessFlGlm.Start(_folder.Train(settings));
        await _folder.SplitAsync("ada", settings, here: model != "glm1");
        await train.ExitsWithAsync(0);

        Assert.Equal(6, _folder.Losses("train").Distinct().Count());
        Assert.Equal(_folder.Losses("train"), _folder.Losses("ada"));
        SameFiles.Assert(_folder.Adapter("train"), _folder.Adapter("ada"));
        Assert.True(_folder.ValidationLosses("ada")[^1] < _folder.ValidationLosses("ada")[0]);

        var again = await CommandRun.OfAsync(_folder.Train([.. settings, $"peft.start={_folder.Adapter("ada")}", "training.steps=1", $"run.directory={_folder.At("again")}"]));

        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        Assert.Equal(_folder.ValidationLosses("ada")[^1], _folder.ValidationLosses("again")[0]);
        await AssertInspectedTrafficAsync(model);
    }

    /// <summary>The bytes per token that <c>flglm inspect</c> reports equal the bytes sent, without frame headers.</summary>
    private async Task AssertInspectedTrafficAsync(string model)
    {
        const int FrameBytes = 200;
        var inspected = JsonDocument.Parse((await CommandRun.OfAsync("inspect", SharedFolder.At("fixtures", model, "hf"), "--json")).Output).RootElement;
        var perToken = inspected.GetProperty("footprint").GetProperty("wire_bytes_per_token").GetInt64();
        foreach (var line in File.ReadLines(_folder.At("ada", "metrics.jsonl")))
        {
            var step = JsonDocument.Parse(line).RootElement;
            var payload = 2 * perToken * step.GetProperty("tokens").GetInt64();
            Assert.InRange(step.GetProperty("bytes_up").GetInt64(), payload, payload + (2 * FrameBytes));
            Assert.InRange(step.GetProperty("bytes_down").GetInt64(), payload, payload + (2 * FrameBytes));
        }
    }

    private string[] Settings(string model) =>
    [
        $"model.path={SharedFolder.At("fixtures", model, "hf")}", $"data.train=[{_folder.Write($"{model}.jsonl", TokenRows.Of(model, 40))}]",
        "data.validation=0.2", "peft.method=p_tuning_v2", "optimizer.learning_rate=2e-2",
    ];
}
