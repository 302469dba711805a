using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Tests.Checkpoints;

public sealed class JsonFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Of_two_fields_with_one_name_the_last_counts_where_a_file_may_be_absent_and_elsewhere_they_are_refused()
    {
        File.WriteAllText(_path, """{"a": 1, "a": 2}""");
        Assert.Equal(2, JsonFile.FindObject(_path)!.Value.GetProperty("a").GetInt32());
        Assert.Throws<CheckpointException>(() => JsonFile.ReadObject(_path));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    public void Whatever_is_no_object_is_refused_by_the_name_of_its_file(string content)
    {
        File.WriteAllText(_path, content);
        Assert.Equal(_path, Assert.Throws<CheckpointException>(() => JsonFile.FindObject(_path)).Path);
        Assert.Equal(_path, Assert.Throws<CheckpointException>(() => JsonFile.ReadObject(_path)).Path);
    }

    [Fact]
    public void A_file_that_is_not_there_is_null_or_refused()
    {
        File.Delete(_path);
        Assert.Null(JsonFile.FindObject(_path));
        Assert.Throws<CheckpointException>(() => JsonFile.ReadObject(_path));
    }
}
