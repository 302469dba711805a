using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FlGlm.Client.Tasks;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Tasks;

/// <summary>
/// Every task's prompts in all its words, as a person can compare them with the paper's Table 7: of our own rows as text, of the published rows as
/// hashes, with the labels counted. FLGLM_UPDATE_GOLDEN=1 rewrites the files.
/// </summary>
public sealed class GoldenPromptTests
{
    private static readonly bool Update = Environment.GetEnvironmentVariable("FLGLM_UPDATE_GOLDEN") == "1";

    /// <summary>The published files of each task, below ../shared/data.</summary>
    private static readonly Dictionary<string, string[]> Published = new()
    {
        ["superglue/boolq"] = ["superglue/BoolQ/val.jsonl", "superglue/BoolQ/train_sample.jsonl", "superglue/BoolQ/train_official_64.jsonl"],
        ["superglue/cb"] = ["superglue/CB/val.jsonl", "superglue/CB/train.jsonl"],
        ["superglue/copa"] = ["superglue/COPA/val.jsonl", "superglue/COPA/train.jsonl"],
        ["superglue/multirc"] = ["superglue/MultiRC/val.jsonl", "superglue/MultiRC/train.jsonl"],
        ["superglue/record"] = ["superglue/ReCoRD/dev32_half.jsonl", "superglue/ReCoRD/train.jsonl"],
        ["superglue/rte"] = ["superglue/RTE/val.jsonl", "superglue/RTE/train.jsonl"],
        ["superglue/wic"] = ["superglue/WiC/val.jsonl", "superglue/WiC/train.jsonl"],
        ["superglue/wsc"] = ["superglue/WSC/val.jsonl", "superglue/WSC/train.jsonl"],
        ["cnn_dailymail"] = ["summarisation/cnndm/val.jsonl", "summarisation/cnndm/train.jsonl"],
        ["xsum"] = ["summarisation/xsum/val.jsonl", "summarisation/xsum/train.jsonl"],
        ["huatuo"] = ["huatuo/val.json", "huatuo/train.json"],
    };

    public static TheoryData<string> Tasks => [.. KnownTasks.All.Select(task => task.Name)];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void The_prompts_of_our_own_rows_are_those_of_the_golden_file(string name)
    {
        var task = KnownTasks.Find(name)!;
        var file = Directory.EnumerateFiles(TaskRows.Fixture(name), "val.*").Single();
        var text = new StringBuilder();
        foreach (var pattern in task.Patterns)
        {
            text.Append(CultureInfo.InvariantCulture, $"## {pattern.Name}{(pattern.IsChat ? " (chat form)" : "")}\n");
            if (pattern.System.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"system: {pattern.System}\n");
            foreach (var item in TaskRows.Read(task, file))
                text.Append(CultureInfo.InvariantCulture, $"\n[{item.Id}] {pattern.Fill(item)}\n{Answers(task, pattern, item)}\n");
            text.Append('\n');
        }

        Expect(text.ToString(), name.Split('/')[^1] + ".md");
    }

    [SharedTheory]
    [MemberData(nameof(Tasks))]
    public void The_prompts_of_the_first_published_rows_and_the_counts_of_all_labels_are_those_of_the_golden_file(string name)
    {
        var task = KnownTasks.Find(name)!;
        var text = new StringBuilder();
        foreach (var file in Published[name])
        {
            var items = TaskRows.Read(task, SharedFolder.At(["data", .. file.Split('/')]));
            var labels = items.SelectMany(item => item.Gold).Where(label => task.Labels.Contains(label) || label is "0" or "1").CountBy(label => label).OrderBy(label => label.Key, StringComparer.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"{file}: {items.Count} questions; {string.Join(", ", labels.Select(label => $"{label.Key} {label.Value}"))}\n");
            foreach (var pattern in task.Patterns)
            {
                var first = string.Concat(items.Take(3).Select(item => pattern.Fill(item) + "\n" + Answers(task, pattern, item) + "\n"));
                text.Append(CultureInfo.InvariantCulture, $"  {pattern.Name} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(first)))[..16]}\n");
            }
        }

        Expect(text.ToString(), "published-" + name.Split('/')[^1] + ".txt");
    }

    private static string Answers(LanguageTask task, PromptPattern pattern, TaskItem item)
    {
        var choices = pattern.Choices(item, task.Labels);
        return choices.Count > 0
            ? $"-> {string.Join(" | ", choices.Select(choice => (item.Gold.Contains(choice.Label) ? "*" : "") + choice.Text))}"
            : $"-> {string.Join(" | ", item.Answers ?? item.Gold)} ({string.Join(", ", item.Gold)})";
    }

    private static void Expect(string text, string name)
    {
        var path = RepositoryFolder.At("tests", "FlGlm.Client.Tests", "Tasks", "Golden", name);
        if (Update)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.Equal(File.ReadAllText(path), text);
    }
}
