using FlGlm.Client.Tasks;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tests.Tasks;

/// <summary>Rows that a task cannot use: one line that says where and what.</summary>
public sealed class BadTaskRowTests
{
    private const string Boolq = "superglue/boolq";
    private const string Copa = "superglue/copa";
    private const string MultiRc = "superglue/multirc";
    private const string ReCord = "superglue/record";
    private const string Wic = "superglue/wic";
    private const string Wsc = "superglue/wsc";

    [Theory]
    [InlineData(Boolq, """{"question": "is it"}""", "has no 'passage'; it has question.")]
    [InlineData(Boolq, "{}", "has no 'passage'; it has no fields.")]
    [InlineData(Boolq, """{"passage": 1, "question": "is it"}""", "'passage' is a number, not a text.")]
    [InlineData(Boolq, """{"passage": "P.", "question": " "}""", "'question' is empty.")]
    [InlineData(Boolq, """{"passage": "P.", "question": "is it", "label": "maybe"}""", "'label' is \"maybe\", which is none of the labels false, true.")]
    [InlineData(Boolq, """{"passage": "P.", "question": "is it", "label": 2}""", "'label' is 2, which is none of the labels false, true.")]
    [InlineData(Boolq, """{"passage": "P.", "question": "is it", "label": -2}""", "'label' is -2, which is none of the labels false, true.")]
    [InlineData(Boolq, """{"passage": "P.", "question": "is it", "label": 0.5}""", "'label' is 0.5, which is none of the labels false, true.")]
    [InlineData(Boolq, """{"passage": "P.", "question": "is it", "label": "\ud800"}""", "'label' holds half a surrogate pair, which is no character.")]
    [InlineData(Boolq, """{"passage": "P.", "question": "is it", "idx": "\ud800"}""", "'idx' holds half a surrogate pair, which is no character.")]
    [InlineData("superglue/rte", """{"premise": "P.", "hypothesis": "H.", "label": "neutral"}""", "'label' is \"neutral\", which is none of the labels entailment, not_entailment.")]
    [InlineData(Copa, """{"premise": "P.", "choice1": "A.", "choice2": "B.", "question": "why", "label": 0}""", "'question' is 'why'; it is cause or effect.")]
    [InlineData(Copa, """{"premise": "P.", "choice1": "A.", "question": "cause"}""", "has no 'choice2'; it has premise, choice1, question.")]
    [InlineData(Wic, """{"word": "a", "sentence1": "a b", "sentence2": "a", "start1": 2, "end1": 4}""", "'start1' 2 and 'end1' 4 mark no word of 'sentence1', which has 3 characters.")]
    [InlineData(Wic, """{"word": "a", "sentence1": "a b", "sentence2": "a", "start2": 1, "end2": 1}""", "'start2' 1 and 'end2' 1 mark no word of 'sentence2', which has 1 characters.")]
    [InlineData(Wic, """{"word": "a", "sentence1": "a b", "sentence2": "a", "start1": 0}""", "has no 'end1'; it has word, sentence1, sentence2, start1.")]
    [InlineData(Wsc, """{"text": "He left.", "target": {"span1_text": "Paul", "span2_text": "she", "span2_index": 0}}""", "'span2_text' is 'she', and the text has no such word at 'span2_index' 0 or beside it.")]
    [InlineData(Wsc, """{"text": "He left.", "target": {"span1_text": "Paul", "span2_text": "He", "span2_index": 90}}""", "'span2_text' is 'He', and the text has no such word at 'span2_index' 90 or beside it.")]
    [InlineData(Wsc, """{"text": "He left.", "target": {"span1_text": "Paul", "span2_text": "He", "span2_index": "0"}}""", "'target.span2_index' is \"0\", not a whole number.")]
    [InlineData(Wsc, """{"text": "He left.", "target": [1]}""", ": 'target' is a list, not an object.")]
    [InlineData(ReCord, """{"passage": {"text": "Ida.", "entities": [{"start": 0, "end": 9}]}, "qas": []}""", "text: the span 0 to 9 lies outside the passage of 4 characters.")]
    [InlineData(ReCord, """{"passage": {"text": "Ida.", "entities": [{"start": 2, "end": 1}]}, "qas": []}""", "text: the span 2 to 1 lies outside the passage of 4 characters.")]
    [InlineData(ReCord, """{"passage": {"text": "Ida.", "entities": []}, "qas": []}""", "'passage.entities' is empty: there is no answer to choose from.")]
    [InlineData(ReCord, """{"passage": {"text": "Ida.", "entities": [{"start": 0, "end": 2}]}, "qas": [{"query": "Who?", "answers": []}]}""", "'qas[0].query' has no @placeholder.")]
    [InlineData(ReCord, """{"passage": {"text": "Ida.", "entities": [{"start": 0, "end": 2}]}, "qas": [{"query": "@placeholder?", "answers": [{"start": 0, "end": 2, "text": "Karl"}]}]}""", "an answer of qas[0] is 'Karl', and its span holds 'Ida'.")]
    [InlineData(ReCord, """{"passage": {"text": "Ida.", "entities": [{"start": 0, "end": 2}]}, "qas": {}}""", "'qas' is an object, not a list.")]
    [InlineData(MultiRc, """{"passage": {"text": "P.", "questions": [{"question": "Who?", "answers": [{"text": "A", "label": 7}]}]}}""", "'passage.questions[0].answers[0].label' is 7, which is none of the labels 0, 1.")]
    [InlineData(MultiRc, """{"passage": {"text": "P.", "questions": [{"question": "Who?", "answers": ["A"]}]}}""", ": 'passage.questions[0].answers[0]' is a text, not an object.")]
    [InlineData("xsum", """{"summary": "S."}""", "needs 'document' or 'article' or 'source'; it has summary.")]
    [InlineData("huatuo", """{"answer": "A"}""", "has no 'question'; it has answer.")]
    [InlineData("huatuo", "[1]", " is a list, not a JSON object.")]
    public void A_row_that_makes_no_sense_is_named_with_what_is_wrong(string task, string row, string says)
    {
        var read = Assert.Throws<DataException>(() => TaskRows.OfRow(task, row));
        var trained = Assert.Throws<DataException>(() => TaskRows.OfRowToTrain(task, KnownTasks.Find(task)!.Patterns[0], row));

        Assert.StartsWith("'rows.jsonl' line 1", read.Message, StringComparison.Ordinal);
        Assert.EndsWith(says, read.Message, StringComparison.Ordinal);
        Assert.Equal((read.Message, 1), (trained.Message, read.Line));
    }
}
