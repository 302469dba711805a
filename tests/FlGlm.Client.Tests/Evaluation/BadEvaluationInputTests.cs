using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Generation;
using FlGlm.Client.Tests.Data;
using FlGlm.Client.Tokenizers;
using FlGlm.Client.Training;
using FlGlm.Client.Tasks;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Evaluation;

/// <summary>What a task cannot be trained or evaluated with is refused in one line, before anything is written.</summary>
public sealed class BadEvaluationInputTests : IDisposable
{
    private const string BoolQ = "superglue/boolq";
    private const string Row = "{\"passage\": \"P.\", \"question\": \"is it\", \"label\": true}\n";
    private readonly TinyEvaluation _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData("other.txt", Row, "rows' has no file for SPLIT: none is named ", "other.txt", "; data.")]
    [InlineData("SPLIT.jsonl", Row + "{\"passage\"\n", "SPLIT.jsonl' line 2 is not JSON")]
    [InlineData("SPLIT.json", "{\"passage\"", "SPLIT.json' ", " JSON")]
    [InlineData("SPLIT.jsonl", "", "SPLIT.jsonl' is empty")]
    [InlineData("SPLIT.jsonl", Row + "{\"passage\": \"P.\"}\n", "SPLIT.jsonl' line 2: has no 'question'; it has passage.")]
    [InlineData("SPLIT.jsonl", "{\"passage\": \"P.\", \"question\": \"is it\", \"label\": \"?\"}\n", "SPLIT.jsonl' line 1: 'label' is \"?\", which is none of the labels false, true.")]
    [InlineData("SPLIT.txt", Row, "SPLIT.txt' is read as text, and data.task needs rows with fields: ")]
    [InlineData("SPLIT.jsonl", "[1]\n", "SPLIT.jsonl' line 1 is a list, not a JSON object.")]
    public async Task A_file_that_a_task_cannot_read_is_named(string file, string content, params string[] says)
    {
        foreach (var split in new[] { "train", "val" })
        {
            _tiny.WriteRows($"{split}/rows", "val.jsonl", Row);
            File.Delete(_tiny.At(split, "rows", split + ".jsonl"));
            var rows = _tiny.WriteRows($"{split}/rows", file.Replace("SPLIT", split, StringComparison.Ordinal), content);
            var options = Options(BoolQ) with { Split = split };
            options = options with { Data = options.Data with { Folder = rows } };
            string[] expected = [.. says.Select(part => part.Replace("SPLIT", split, StringComparison.Ordinal))];

            await RefusedAsync<DataException>(options, expected);
            if (split == "train")
                await TrainingRefusedAsync<DataException>(options, expected);
        }
    }

    [Fact]
    public async Task A_folder_with_two_kinds_of_file_for_one_split_or_that_is_not_there_is_refused()
    {
        _tiny.WriteRows("rows", "train.jsonl", Row);
        _tiny.WriteRows("rows", "val.jsonl", Row);
        var rows = _tiny.WriteRows("rows", "train.json", $"[{Row}]");
        var options = Options(BoolQ) with { Split = "train" };

        await BothRefusedAsync<DataException>(options with { Data = options.Data with { Folder = rows } }, "has train.json and train.jsonl for train; leave one there; data.train names others.");
        await BothRefusedAsync<DataException>(options with { Data = options.Data with { Folder = _tiny.At("none") } }, $"There is no folder '{_tiny.At("none")}'");
        var named = options.Data with { Folder = _tiny.At("none"), Train = [Path.Combine(rows, "train.json")] };
        Assert.Contains($"There is no folder '{_tiny.At("none")}'", Assert.Throws<DataException>(() => TaskFiles.Complete(named)).Message, StringComparison.Ordinal);
        await BothRefusedAsync<ConfigurationException>(options with { Data = options.Data with { Folder = "" } }, "data.folder");
    }

    [Fact]
    public async Task Names_that_are_none_are_refused_with_those_there_are()
    {
        var options = Options(BoolQ);
        await BothRefusedAsync<ConfigurationException>(options with { Data = options.Data with { Task = "superglue/bool" } }, "data.task: 'superglue/bool' is none of superglue/boolq, ");
        await BothRefusedAsync<ConfigurationException>(options with { Data = options.Data with { Pattern = "glm" } }, "data.pattern: 'superglue/boolq' has no 'glm'; it has cloze, causal, ");
        await BothRefusedAsync<ConfigurationException>(options with { Data = options.Data with { Pattern = "cloze" } }, "data.pattern: 'cloze' puts its answer in the place of a mask, which a Llama-2 does not have; causal, llama2-chat.");
        await RefusedAsync<ConfigurationException>(options with { Data = options.Data with { Task = "" } }, "data.task: names no task; one of superglue/boolq, ");
        await RefusedAsync<ConfigurationException>(options with { Split = "dev" }, "--split: 'dev' is none of train, val, test.");
        await RefusedAsync<ConfigurationException>(options with { Limit = -1 }, "--limit: -1 is no number of rows; 1 or more.");
    }

    [Fact]
    public async Task A_chat_pattern_is_refused_where_the_checkpoint_has_another_chat_form()
    {
        File.WriteAllText(_tiny.At("model", "tokenizer_config.json"), """{"chat_template": "{% for message in messages %}<|im_start|>{{ message['content'] }}{% endfor %}"}""");
        var options = Options(BoolQ);

        await BothRefusedAsync<ConfigurationException>(
            options with { Data = options.Data with { Pattern = "llama2-chat" } },
            "data.pattern: 'llama2-chat' stands in the model's chat form, and the checkpoint's chat_template is none that is known; causal.");
        Assert.Equal("causal", (await TinyEvaluation.RunAsync(options)).Summary.Subject.Pattern);
    }

    [Fact]
    public async Task Questions_that_do_not_fit_are_refused()
    {
        var options = Options("superglue/copa");
        await RefusedAsync<DataException>(
            options with { Data = options.Data with { MaxLength = 60 } },
            "val.jsonl' line 1: question 0 with its longest answer takes more than 60 tokens (data.max_length) without its parts that may be shortened.");
        await TrainingRefusedAsync<DataException>(options with { Data = options.Data with { MaxLength = 60 } }, "No row can be used: ");
        await BothRefusedAsync<ConfigurationException>(options with { Data = options.Data with { MaxLength = 600 } }, "data.max_length: 600 is more than the model's 512 positions; 512 or less.");

        var summaries = Options("xsum");
        await RefusedAsync<ConfigurationException>(
            summaries with { Generation = new GenerationSettings { MaxNewTokens = 500 } },
            "generation.max_new_tokens: 500 leaves no room for a prompt in rows of 500 tokens (data.max_length).");
        await RefusedAsync<DataException>(
            summaries with { Data = summaries.Data with { Pattern = "causal" }, Generation = new GenerationSettings { MaxNewTokens = 495 } }, "data.max_length 500 less generation.max_new_tokens 495.");
    }

    [Fact]
    public async Task Special_tokens_that_a_row_spells_out_are_refused_where_the_settings_say_so()
    {
        _tiny.WriteRows("rows", "val.jsonl", Row);
        var rows = _tiny.WriteRows("rows", "train.jsonl", Row + "{\"passage\": \"P. <s>\", \"question\": \"is it\", \"label\": true}\n");
        var options = Options(BoolQ) with { Split = "train" };

        await BothRefusedAsync<DataException>(
            options with { Data = options.Data with { Folder = rows, SpecialTokens = SpecialTokenUse.Refuse } },
            "train.jsonl' line 2 spells out the special token <s>, which data.special_tokens: refuse does not take.");
    }

    [Fact]
    public async Task A_mark_that_a_row_of_a_ChatGLM_spells_out_is_refused_and_as_text_taken()
    {
        new TinyChatGlm { Vocabulary = 352, Marks = [5, 6, 9, 10], MaxPositions = 512 }.Write(_tiny.At("glm"));
        File.WriteAllBytes(_tiny.At("glm", "ice_text.model"), ChatGlmFolder.TextModel());
        _tiny.WriteRows("rows", "val.jsonl", Row);
        var rows = _tiny.WriteRows("rows", "train.jsonl", "{\"passage\": \"P. [MASK]\", \"question\": \"is it\", \"label\": true}\n");
        var options = Options(BoolQ) with { Model = _tiny.At("glm"), Split = "train" };
        options = options with { Data = options.Data with { Folder = rows } };

        await BothRefusedAsync<DataException>(
            options, "train.jsonl' line 1 spells out a mark of the model, [MASK], [gMASK] or <sop>; data.special_tokens: text keeps it text.");
        Assert.Equal(1, (await TinyEvaluation.RunAsync(options with { Data = options.Data with { SpecialTokens = SpecialTokenUse.Text } })).Summary.Questions);
    }

    [Fact]
    public async Task Labels_of_several_tokens_give_a_notice()
    {
        var run = await TinyEvaluation.RunAsync(Options(BoolQ));

        Assert.Contains(
            "the answers no, yes are not single tokens of this model: the sums of their tokens' log-probabilities are compared, the end token included",
            run.Events.Select(each => each.ToString()));
    }

    [Theory]
    [InlineData(PromptTemplate.Chat, "data.folder", "template: does not go with data.task")]
    [InlineData(PromptTemplate.None, "0.2", "validation: 0.2 is a share, and a task has validation files")]
    public void Settings_that_do_not_go_with_a_task_are_problems(PromptTemplate template, string validation, string says)
    {
        var settings = new DataSettings { Task = BoolQ, Folder = "rows", Template = template, Validation = [validation] };

        Assert.StartsWith(says, Assert.Single(settings.Validate()).ToString(), StringComparison.Ordinal);
    }

    private EvaluatorOptions Options(string task) => _tiny.Options(task, "run");

    /// <summary>Refused by the evaluation and by the training of the same data.</summary>
    private async Task BothRefusedAsync<T>(EvaluatorOptions options, params string[] says)
        where T : FlGlmException
    {
        await RefusedAsync<T>(options, says);
        await TrainingRefusedAsync<T>(options, says);
    }

    private Task RefusedAsync<T>(EvaluatorOptions options, params string[] says)
        where T : FlGlmException => RefusedAsync<T>(() => new Evaluator(options).RunToEndAsync(), says);

    private Task TrainingRefusedAsync<T>(EvaluatorOptions options, params string[] says)
        where T : FlGlmException => RefusedAsync<T>(
            () => new LocalTrainer(new TrainerOptions { Model = options.Model, Plan = options.Plan, Data = options.Data, Output = _tiny.At("run") }).RunToEndAsync(), says);

    private async Task RefusedAsync<T>(Func<Task> run, string[] says)
        where T : FlGlmException
    {
        var error = await Assert.ThrowsAsync<T>(run);
        Assert.All(says, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
        Assert.False(Directory.Exists(_tiny.At("run")));
    }
}
