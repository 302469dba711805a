using System.Text.Json;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.EndToEnd.Tests.Fixtures;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Published;

/// <summary>A trained checkpoint, tokenizer included, against its float64 reference.</summary>
public sealed class Stories260KTests
{
    private static readonly string Directory = SharedFolder.Find() is { } shared ? Path.Combine(shared, "data", "weights", "stories260K-hf") : "";

    [SharedFact]
    public void Tokenizer_gives_the_reference_ids()
    {
        var tokenizer = TextTokenizer.Open(Directory);
        foreach (var story in Stories())
        {
            Assert.Equal(story.PromptIds, tokenizer.Encode(story.Prompt, addBos: true));
            Assert.Equal(story.Text, tokenizer.Decode(story.Ids));
        }
    }

    /// <summary>One forward over the reference's own ids shows what greedy decoding chooses after each of them.</summary>
    [SharedFact]
    public void Greedy_choices_are_the_reference_ids()
    {
        using var scope = NewDisposeScope();
        using var stages = Open();
        foreach (var story in Stories())
        {
            var choices = stages.Logits(Row(story.Ids)).argmax(-1).cpu().data<long>().ToArray().Select(id => (int)id).ToArray();
            var prompt = story.PromptIds.Length;

            Assert.Equal(story.PromptIds, story.Ids[..prompt]);
            Assert.Equal(story.Ids[prompt..], choices[(prompt - 1)..^1]);
        }
    }

    [SharedFact]
    public void Loss_equals_the_reference_mean_nll()
    {
        using var scope = NewDisposeScope();
        using var stages = Open();
        foreach (var story in Stories())
            Tolerance.Absolute("stories260K mean nll", 5e-6).Check(story.MeanNll, stages.Loss(Row(story.Ids)));
    }

    [SharedFact]
    public void Activations_equal_the_reference()
    {
        using var scope = NewDisposeScope();
        var file = new FixtureFile(Path.Combine(Directory, "reference_activations.safetensors"));
        var tolerance = Tolerance.Relative("stories260K activations", TestDevice.IsCpu ? 1e-5 : 1e-3);
        using var stages = Open();
        foreach (var story in Enumerable.Range(0, Stories().Count).Select(index => file.Under($"case{index}.")))
        {
            var batch = Row([.. story["input_ids"].data<long>().ToArray().Select(id => (int)id)]);
            var cut = 0;
            foreach (var (hidden, _) in HeadReferences.Of(Directory, batch))
                tolerance.Check(story[$"hidden_{cut++}"], hidden.squeeze(0), $"hidden_{cut - 1}");
            tolerance.Check(story["logits"], stages.Logits(batch).squeeze(0), "logits");
        }
    }

    private static ThreeStages Open() => ThreeStages.Open(Directory, new PeftSettings());

    private static TrainingBatch Row(int[] ids) => BatchCollator.Collate([new Example(ids, ids)]);

    private static IReadOnlyList<Story> Stories()
    {
        using var reference = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Directory, "reference.json")));
        return [.. reference.RootElement.GetProperty("cases").EnumerateArray().Select(Story.Read)];
    }

    private sealed record Story(string Prompt, int[] PromptIds, int[] Ids, string Text, double MeanNll)
    {
        public static Story Read(JsonElement story) => new(
            story.GetProperty("prompt").GetString()!,
            Numbers(story, "prompt_ids"),
            Numbers(story, "greedy_ids"),
            story.GetProperty("greedy_text").GetString()!,
            story.GetProperty("mean_nll_of_greedy_ids").GetDouble());

        private static int[] Numbers(JsonElement story, string name) => [.. story.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
    }
}
