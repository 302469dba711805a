using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;

namespace FlGlm.Client.Tests.Training;

public sealed class ParameterSpecTests
{
    [Theory]
    [InlineData(PeftMethod.Lora, false)]
    [InlineData(PeftMethod.PTuningV2, false)]
    [InlineData(PeftMethod.PTuningV2, true)]
    [InlineData(PeftMethod.None, false)]
    public async Task The_plan_alone_determines_what_every_stage_trains(PeftMethod method, bool projection)
    {
        var settings = TinyRun.Settings(method);
        await CheckAsync(settings with { Peft = settings.Peft with { Prefix = settings.Peft.Prefix with { Projection = projection } } });
    }

    [Theory]
    [InlineData("modules")]
    [InlineData("patterns")]
    [InlineData("layers")]
    public Task So_it_does_for_every_kind_of_LoRA(string kind) => CheckAsync(TinyRun.WithLora(TinyRun.Settings(), kind));

    private static async Task CheckAsync(RunPlan settings)
    {
        await using var run = new TinyRun(settings);
        var client = await run.ConnectAsync();

        Same(client.Stages.Head.Parameters, StageName.Head);
        Same(client.Stages.Tail.Parameters, StageName.Tail);
        Same(run.Middle.Parameters, StageName.Middle);

        void Same(IReadOnlyList<NamedParameter> parameters, StageName stage) => Assert.Equal(
            parameters.Select(parameter => Text(ParameterSpec.Of(parameter))).Order(),
            ParameterSpec.OfStage(run.Blueprint, stage).Select(Text).Order());
    }

    private static string Text(ParameterSpec spec) => $"{spec.Name} {spec.Dtype} [{string.Join(", ", spec.Dims)}]";
}
