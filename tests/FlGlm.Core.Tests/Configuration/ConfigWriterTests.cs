using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;

namespace FlGlm.Core.Tests.Configuration;

public sealed class ConfigWriterTests
{
    [Fact]
    public void What_is_written_reads_back_as_the_same_settings()
    {
        var settings = new SampleSettings
        {
            Model = new ModelSettings { Path = "a: #b, 'c' \"d\"\n~" },
            Peft = new PeftSettings { Method = PeftMethod.PTuningV2, Start = "null", Lora = new LoraSettings { Targets = [] } },
            Optimizer = new OptimizerSettings { Name = OptimizerName.AdamW, LearningRate = 0.1 + 0.2, Epsilon = double.Epsilon },
            Training = new TrainingSettings { Seed = long.MinValue },
            Output = new SampleOutput { Name = "", Scale = 1f / 3, Dtype = ElementPrecision.BFloat16, Sizes = [7, 8, 9] },
        };

        var read = ConfigText.Load(ConfigWriter.Write(settings)).Settings;

        Assert.Equal(settings.Model, read.Model);
        Assert.Equal(settings.Peft.Prefix, read.Peft.Prefix);
        Assert.Equal((settings.Peft.Method, settings.Peft.Start), (read.Peft.Method, read.Peft.Start));
        Assert.True(read.Peft.Lora.Targets.IsEmpty);
        Assert.Equal(settings.Optimizer, read.Optimizer);
        Assert.Equal(settings.Training, read.Training);
        Assert.Equal(settings.Output with { Sizes = read.Output.Sizes }, read.Output);
        Assert.Equal(settings.Output.Sizes, read.Output.Sizes);
    }

    [Fact]
    public void Every_key_is_written_in_its_section() =>
        Assert.Equal(
            """
            quiet: false
            name: run
            scale: 0.1
            dtype: float32
            limit: auto
            sizes: [1, 2]

            """,
            ConfigWriter.Write(new SampleOutput()));
}
